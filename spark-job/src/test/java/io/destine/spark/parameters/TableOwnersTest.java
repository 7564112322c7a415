package io.destine.spark.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import io.destine.spark.SharedSpark;
import io.destine.spark.internals.MessageService;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How the driver handles the answers of an owner. */
class TableOwnersTest {
  private static final ParameterLayout LAYOUT =
      ParameterLayout.of(
          ModelConfig.interaction().embeddingDim(3).layers(1).build(), FieldLayout.ofIds(2));

  private final List<OwnerCommands.Command> received = new ArrayList<>();
  private final Queue<ByteBuffer> answers = new ArrayDeque<>();
  private MessageService owner;
  private TableOwners owners;

  @BeforeEach
  void open() {
    owner = new MessageService(SharedSpark.context().sc());
    owner.handle(
        OwnerCommands.KIND,
        (message, reply) -> {
          received.add(OwnerCommands.read(message));
          reply.send(answers.remove());
        });
    owners =
        new TableOwners(
            SharedSpark.context(),
            new TableOwners.Tables("run", LAYOUT, OptimizerConfig.defaults(), 100, 1),
            Map.of("1", owner.address()),
            List.of("1", "2"),
            () -> {});
  }

  @AfterEach
  void close() {
    owners.close();
    owner.close();
  }

  @Test
  void asksAgainForTheSameCommandAsLongAsItIsCarriedOut() {
    answers.addAll(List.of(OwnerCommands.working(), OwnerCommands.working(), OwnerCommands.done()));
    owners.own(7);
    assertThat(received).hasSize(3).allMatch(received.get(0)::equals);
    assertThat(received.get(0).what()).isEqualTo(OwnerCommands.What.OWN);

    answers.add(OwnerCommands.done());
    owners.catchUp();
    assertThat(received.get(3).number()).isEqualTo(received.get(0).number() + 1);
  }

  @Test
  void aFailureThatComesAfterAWhileIsThrown() {
    answers.addAll(
        List.of(
            OwnerCommands.working(), OwnerCommands.failed(new IllegalStateException("no room"))));
    assertThatThrownBy(() -> owners.own(7))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no room");
  }

  @Test
  void anExecutorThatGotNoTaskWhenOwnersWereChosenHasNotJoined() {
    assertThat(owners.joined(List.of("1", "2"))).isFalse();
    assertThat(owners.joined(List.of("1", "3"))).isTrue();
  }

  /** Only these end the training of a configuration: a lack of memory is the executor's. */
  @Test
  void numbersThatAreNotFiniteAreToldFromFailuresOfTheOwner() {
    answers.add(OwnerCommands.failed(new ArithmeticException("NaN")));
    assertThatThrownBy(() -> owners.own(7)).isInstanceOf(ArithmeticException.class);
    answers.add(OwnerCommands.failed(new OutOfMemoryError("Java heap space")));
    assertThatThrownBy(() -> owners.catchUp())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("java.lang.OutOfMemoryError: Java heap space");
  }
}
