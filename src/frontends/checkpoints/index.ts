import { compact } from "./compact.js";
import { condconv } from "./condconv.js";
import { dncnn } from "./dncnn.js";
import { dynamicConv } from "./dynamic-conv.js";
import { edsr } from "./edsr.js";
import type { Importer } from "./importer.js";
import { modulatedConv } from "./modulated-conv.js";
import { nsr } from "./nsr.js";
import { nsrConv } from "./nsr-conv.js";
import { odconv } from "./odconv.js";
import { rcan } from "./rcan.js";
import { rrdb } from "./rrdb.js";
import { span } from "./span.js";
import { sparseBlock } from "./sparse-block.js";

/** The architectures that smxc imports, the most specific first: the first that matches is taken. */
export const IMPORTERS: readonly Importer[] = [
  rrdb,
  edsr,
  rcan,
  dncnn,
  span,
  nsr,
  compact,
  sparseBlock,
  odconv,
  dynamicConv,
  condconv,
  modulatedConv,
  nsrConv,
];
