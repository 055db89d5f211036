/** The commands of `smxc queue`. */
export { queueAddCommand } from "./queue/add.js";
export { queueStatusCommand } from "./queue/status.js";
export { queueWorkCommand } from "./queue/work.js";
