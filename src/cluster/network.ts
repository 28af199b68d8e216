/** How the nodes of a cluster reach each other. `node-port.ts` does it by TCP. */
export interface Network {
  /** Asks a node. Throws when no answer came, whether the question arrived or not. */
  call(node: number, body: Uint8Array): Promise<Uint8Array>;
  /**
   * Keeps in touch with a node, and tells once when its process is gone: it was there, and now its machine says that
   * nobody listens. Silence tells nothing. Gives what ends that.
   */
  watch(node: number, gone: () => void): () => void;
  /** Sets who answers what others ask. */
  listen(listener: NetworkListener): void;
}

export interface NetworkListener {
  asked(from: number, body: Uint8Array): Promise<Uint8Array>;
}
