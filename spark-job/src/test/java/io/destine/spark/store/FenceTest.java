package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

/** The exception that a failed writer gets. */
class FenceTest {

  /** A fence whose check on storage throws the given exception, or succeeds if it is null. */
  private static Fence checked(RuntimeException end) {
    return new Fence() {
      @Override
      public void requireHeld() {
        if (end != null) {
          throw end;
        }
      }

      @Override
      public void requireNotLost() {}
    };
  }

  @Test
  void aFailureAfterALossIsTheLossAndKeepsWhatWasMet() {
    IllegalArgumentException met = new IllegalArgumentException("holds other files");
    LostLockException lost = new LostLockException("lost");
    assertThatThrownBy(() -> checked(lost).requireHeldAfter(met)).isSameAs(lost);
    assertThat(lost).hasSuppressedException(met);
    assertThat(met.getSuppressed()).isEmpty();
  }

  @Test
  void aLossThatIsTheFailureIsThrownOnAsItIs() {
    LostLockException lost = new LostLockException("lost");
    assertThatThrownBy(() -> checked(lost).requireHeldAfter(lost)).isSameAs(lost);
    assertThat(lost.getSuppressed()).isEmpty();
  }

  @Test
  void aFailureUnderAHeldLockIsLeftToItsWriter() {
    IllegalArgumentException met = new IllegalArgumentException("holds other files");
    assertThatCode(() -> checked(null).requireHeldAfter(met)).doesNotThrowAnyException();
    assertThat(met.getSuppressed()).isEmpty();
  }

  @Test
  void storageThatDoesNotTellAddsItsFailureToTheFirst() {
    IllegalArgumentException met = new IllegalArgumentException("holds other files");
    UncheckedIOException silent = new UncheckedIOException(new IOException("timed out"));
    assertThatCode(() -> checked(silent).requireHeldAfter(met)).doesNotThrowAnyException();
    assertThat(met).hasSuppressedException(silent);
  }
}
