/** Where the documentation can be read. */
export const DOCS = "https://github.com/smxc/smxc/blob/main/docs";
