package io.destine.random;

/**
 * The purpose of a random stream: streams of different purposes are independent. Saved runs depend
 * on the codes, which must never change.
 */
public enum Purpose {
  EMBEDDING_INIT(1),
  DENSE_INIT(2),
  ROW_ORDER(3),
  BUNDLE_OFFSET(4),
  ATTENTION_DROPOUT(5),
  DEEP_DROPOUT(6),
  SPLIT(7),
  PLACEMENT(8),
  FIELD_INIT(9),
  GENERATED_ROW(10),
  TEACHER(11),
  BLOCK_ORDER(12),
  TRIAL(13),
  KEY_DROPOUT(14);

  private final long code;

  Purpose(long code) {
    this.code = code;
  }

  long code() {
    return code;
  }
}
