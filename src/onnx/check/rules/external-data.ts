import { notChecked, official } from "../rule.js";

const ESCAPE =
  "A model from elsewhere could read any file of the machine and carry it away (CVE-2022-25882 and its successors).";

const BESIDE = "keep the data file in the model's folder and name it by a plain relative path";

export const EXTERNAL_RULES = {
  "onnx/external-fields": official(
    "A tensor whose values are external holds none itself.",
    "Readers would not know which values count.",
    "remove the values from the model, or data_location",
  ),
  "onnx/external-location": official(
    "A tensor whose values are external names the file that holds them.",
    "The values cannot be found.",
    "add an external_data entry `location`",
  ),
  "onnx/external-location-empty": official("The location of external data is not empty.", "It names no file.", BESIDE),
  "onnx/external-location-absolute": official("The location of external data is a relative path.", ESCAPE, BESIDE),
  "onnx/external-location-outside": official("The location of external data has no `..` in it.", ESCAPE, BESIDE),
  "onnx/external-symlink": official("External data is not a symbolic link.", ESCAPE, "put the file itself there"),
  "onnx/external-contained": official(
    "External data lies in the model's folder, also after symbolic links of its parents are followed.",
    ESCAPE,
    BESIDE,
  ),
  "onnx/external-regular": official(
    "External data is in a regular file that exists.",
    "Devices, folders and absent files hold no weights.",
    "put the data file beside the model",
  ),
  "onnx/external-hardlink": official(
    "The file of external data has no second hard link.",
    "A hard link gives a file from anywhere another name inside the folder (CVE-2026-34446).",
    "copy the file",
  ),
  "onnx/external-not-checked": notChecked(
    "External data is checked where the model's folder can be seen.",
    "Without the folder only the location's text can be checked.",
    "check the model as a file, beside its data",
  ),
} as const;
