/** Why a graph runs a picture in one piece. */

/** A node that cannot run on a part of a picture, or of which that is not known. */
export interface Obstacle {
  /** The node's name, or its output's. */
  readonly node: string;
  readonly operator: string;
  readonly reason: string;
}
