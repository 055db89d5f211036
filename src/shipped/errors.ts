/** What can be wrong with the name of a network. */
import { type Diagnostic, error, warning } from "../base/diagnostics.js";
import { nearest } from "../base/nearest.js";

/** @param names of the networks that are shipped */
export const noSuchNetwork = (name: string, names: readonly string[]): Diagnostic => {
  const meant = nearest(name, names);
  return error("model/no-such-network", `no network called "${name}" comes with smxc`, {
    ...(meant === undefined
      ? { hint: `its networks are ${names.join(", ")}` }
      : { hint: `did you mean "${meant}"? Its networks are ${names.join(", ")}` }),
  });
};

/** Neither a file nor a name. */
export const noFileOrNetwork = (given: string, names: readonly string[]): Diagnostic => {
  const meant = nearest(given, names);
  return error("io/not-found", `there is no file ${given}, and no network of that name comes with smxc`, {
    file: given,
    hint:
      meant === undefined
        ? "check the path, or list the networks that come with smxc: smxc models"
        : `did you mean ${meant}?`,
    libraryHint: `${meant === undefined ? "check the path" : `did you mean "${meant}"?`} The networks that come with smxc are ${names.join(", ")}`,
  });
};

/** A file that is not there, of which only the ending is too much. */
export const namedWithEnding = (given: string, name: string): Diagnostic =>
  error("io/not-found", `${given} cannot be opened: there is no such file`, {
    file: given,
    hint: `check the path, or use the network that comes with smxc: ${name}, without an ending`,
  });

export const fileBeforeName = (name: string): Diagnostic =>
  warning("model/file-before-name", `using the file ${name}, not the network of this name that comes with smxc`, {
    file: name,
    hint: "rename the file, or work in another folder, to use that network",
  });

export const documentNotGraph = (name: string): Diagnostic =>
  error("model/no-graph", `${name} comes with smxc as a model document, not as an ONNX graph`, {
    file: name,
    hint: `compile it first: smxc compile ${name} -o ${name}.onnx`,
    libraryHint: "compile it first",
  });

/** The list names files that are not there: the checkout is not built, or the package is damaged. */
export const notBuilt = (name: string, file: string): Diagnostic =>
  error("model/not-built", `the file of the network ${name}, which comes with smxc, is missing`, {
    file,
    hint: "install smxc again; in a checkout run npm run models",
  });

export const cannotFetch = (name: string, address: string, cause: string): Diagnostic =>
  error("model/cannot-fetch", `the network "${name}" cannot be downloaded: ${cause}`, {
    file: address,
    hint: 'serve the files that the bundler copied beside the script; for Vite\'s development server, set optimizeDeps: { exclude: ["smxc"] }',
  });
