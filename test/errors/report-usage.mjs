// Loaded before the program (node --import): tells, when the process ends, what it took.
import { writeFileSync } from "node:fs";

const { SMXC_TEST_USAGE: file } = process.env;

process.on("exit", () => writeFileSync(file, JSON.stringify(process.resourceUsage())));
