import { notChecked, official } from "../rule.js";

const ESCAPE = "A malicious model could read any file of the machine (CVE-2022-25882 and its successors).";

const BESIDE = "keep the data file in the model's folder and name it by a plain relative path";

export const EXTERNAL_RULES = {
  "onnx/external-fields": official(
    "A tensor with external data holds no values itself.",
    "Programs would not know which values to use.",
    "remove the values from the model, or remove data_location",
  ),
  "onnx/external-location": official(
    "A tensor with external data names the file that holds the values.",
    "Without the name, the values cannot be found.",
    "add an external_data entry `location`",
  ),
  "onnx/external-location-empty": official("The location of external data is not empty.", "It names no file.", BESIDE),
  "onnx/external-location-absolute": official("The location of external data is a relative path.", ESCAPE, BESIDE),
  "onnx/external-location-outside": official("The location of external data has no `..` in it.", ESCAPE, BESIDE),
  "onnx/external-symlink": official("External data is not a symbolic link.", ESCAPE, "put the file itself there"),
  "onnx/external-contained": official(
    "External data lies in the model's folder, even after all symbolic links in its path are followed.",
    ESCAPE,
    BESIDE,
  ),
  "onnx/external-regular": official(
    "External data is in a regular file that exists.",
    "Devices, folders and absent files hold no weights.",
    "put the data file beside the model",
  ),
  "onnx/external-hardlink": official(
    "The file of external data has only one hard link.",
    "A second hard link can bring a file from elsewhere into the folder (CVE-2026-34446).",
    "copy the file",
  ),
  "onnx/external-not-checked": notChecked(
    "External data can only be checked if the model's folder can be read.",
    "Without the folder, only the text of the location can be checked.",
    "check the model as a file, beside its data",
  ),
} as const;
