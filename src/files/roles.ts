/** What the names of entries and of modules say about the weights under them. */

/** An average of the weights over the training, such as `params_ema`, `g_ema`, `EMA{'decay': 0.999}` or `averaged`. */
const AVERAGE = /(?:^|[^a-zA-Z])(?:ema|EMA)(?=$|[^a-z])|(?:^|[^a-zA-Z])[aA]verage/;

/** The judge of a generator's pictures, which trainings keep beside it: `net_d`, `netD_A`, `discriminator`. */
const DISCRIMINATOR = /(?:^|[^a-zA-Z])(?:net_?[dD]|[dD]iscriminators?|disc|critic)(?=$|[^a-z])/;

export const isAverage = (name: string): boolean => AVERAGE.test(name);

export const isDiscriminator = (name: string): boolean => DISCRIMINATOR.test(name);
