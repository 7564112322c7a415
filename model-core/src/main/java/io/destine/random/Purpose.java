package io.destine.random;

/**
 * What a random stream is for: streams of different purposes are independent. The order is part of
 * every saved run.
 */
public enum Purpose {
  EMBEDDING_INIT,
  DENSE_INIT,
  ROW_ORDER,
  CHUNK_OFFSET,
  ATTENTION_DROPOUT,
  DEEP_DROPOUT,
  SPLIT,
  PLACEMENT
}
