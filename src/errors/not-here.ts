/**
 * Thrown on a node of a cluster by what has an effect and so belongs to the node that leads. Nothing has been done
 * then: whoever catches it sends the whole request there. It is no mistake, so `try` lets it pass.
 */
export class NotHere {}
