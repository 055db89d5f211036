import { InvalidArgumentError } from "commander";
import { optionOr, requiredOption } from "./command.js";

function redisUrl(text: string): string {
  if (!/^(rediss?|valkeys?):\/\/[^/]/.test(text)) {
    throw new InvalidArgumentError("Expected the address of a Redis or Valkey server, such as redis://localhost:6379.");
  }
  return text.replace(/^valkey/, "redis");
}

function queueName(text: string): string {
  if (!/^[\w.-]{1,100}$/.test(text)) {
    throw new InvalidArgumentError("Expected a name of letters, digits, dots, dashes and underscores.");
  }
  return text;
}

/** Where a queue is. */
export const queueFlags = {
  redis: requiredOption("--redis <url>", "the Redis or Valkey server, such as redis://localhost:6379", redisUrl),
  queue: optionOr("--queue <name>", "the name of the queue on that server", queueName, "smxc"),
} as const;
