/** What can be wrong with the name of a network. */
import { type Diagnostic, error, warning } from "../base/diagnostics.js";
import { nearest } from "../base/nearest.js";

/** @param names of the networks that are shipped */
export const noSuchNetwork = (name: string, names: readonly string[]): Diagnostic => {
  const meant = nearest(name, names);
  return error("model/no-such-network", `smxc ships no network "${name}"`, {
    ...(meant === undefined
      ? { hint: `its networks are ${names.join(", ")}` }
      : { hint: `did you mean "${meant}"? Its networks are ${names.join(", ")}` }),
  });
};

/** Neither a file nor a name. */
export const noFileOrNetwork = (given: string, names: readonly string[]): Diagnostic => {
  const meant = nearest(given, names);
  return error("io/not-found", `there is no file ${given}, and smxc ships no network of that name`, {
    file: given,
    hint:
      meant === undefined
        ? "check the path; smxc models lists the networks that come by name"
        : `did you mean ${meant}?`,
    libraryHint: `${meant === undefined ? "check the path" : `did you mean "${meant}"?`} The networks that come by name are ${names.join(", ")}`,
  });
};

/** A file that is not there, of which only the ending is too much. */
export const namedWithEnding = (given: string, name: string): Diagnostic =>
  error("io/not-found", `${given} cannot be opened: there is no such file`, {
    file: given,
    hint: `check the path; the network that comes with smxc is called ${name}, without an ending`,
  });

export const fileBeforeName = (name: string): Diagnostic =>
  warning("model/file-before-name", `the file ${name} is taken, not the network of this name that comes with smxc`, {
    file: name,
    hint: "rename the file, or work in another folder, to have that network",
  });

export const documentNotGraph = (name: string): Diagnostic =>
  error("model/no-graph", `${name} is a network that comes with smxc: a model document, and no ONNX graph`, {
    file: name,
    hint: `compile it first: smxc compile ${name} -o ${name}.onnx`,
    libraryHint: "compile it first",
  });

/** The list names files that are not there: the checkout is not built, or the package is damaged. */
export const notBuilt = (name: string, file: string): Diagnostic =>
  error("model/not-built", `the file of the network ${name} that comes with smxc is not there`, {
    file,
    hint: "in smxc's checkout make it: npm run models; else install the package again",
  });

export const cannotFetch = (name: string, address: string, cause: string): Diagnostic =>
  error("model/cannot-fetch", `the network "${name}" cannot be fetched: ${cause}`, {
    file: address,
    hint: 'serve what the bundler copied beside the script; Vite\'s development server wants optimizeDeps: { exclude: ["smxc"] }',
  });
