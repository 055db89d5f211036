/** Networks that come with smxc, in browsers. */
import { SmxcError } from "../base/diagnostics.js";
import * as errors from "./errors.js";
import { shippedNetworks } from "./networks.js";

/** A model document and its weights, as `load` takes them. */
export interface FetchedNetwork {
  readonly document: Uint8Array<ArrayBuffer>;
  readonly weights: Blob;
  readonly name: string;
}

/** @throws SmxcError `model/no-such-network`, and `model/cannot-fetch` of kind `io` */
export async function fetchNetwork(name: string): Promise<FetchedNetwork> {
  const networks = await shippedNetworks();
  const network = networks.find((each) => each.name === name);
  if (network === undefined)
    throw new SmxcError(
      [
        errors.noSuchNetwork(
          name,
          networks.map((each) => each.name),
        ),
      ],
      "usage",
    );
  const [document, weights] = await Promise.all([get(name, network.document), get(name, network.weights)]);
  return { document: new Uint8Array(await document.arrayBuffer()), weights, name: `${name}.json` };
}

async function get(name: string, address: URL): Promise<Blob> {
  const failed = (cause: string) => new SmxcError([errors.cannotFetch(name, address.href, cause)], "io");
  const response = await fetch(address).catch((cause: unknown) => {
    throw failed(cause instanceof Error ? cause.message : String(cause));
  });
  if (!response.ok) throw failed(`${response.status} ${response.statusText}`.trim());
  return response.blob();
}
