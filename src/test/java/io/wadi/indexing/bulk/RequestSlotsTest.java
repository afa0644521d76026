package io.wadi.indexing.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RequestSlotsTest {
    private final RequestSlots slots = new RequestSlots(1);

    @Test
    void longestWaitingPartition_isNext() {
        assertThat(slots.take("a")).isTrue();
        assertThat(slots.take("b")).isFalse();
        assertThat(slots.take("c")).isFalse();
        slots.give();

        assertThat(slots.take("a")).as("it is last in the queue now").isFalse();
        assertThat(slots.take("c")).isFalse();
        assertThat(slots.take("b")).isTrue();
        slots.give();
        assertThat(slots.take("b")).isFalse();
        assertThat(slots.take("c")).isTrue();
    }

    @Test
    void drainingPartition_goesAheadOfTheQueue() {
        slots.take("a");
        slots.take("b");
        slots.take("c");
        assertThat(slots.takeFirst("c")).as("there is none").isFalse();
        slots.give();

        assertThat(slots.takeFirst("c")).isTrue();
        slots.give();
        assertThat(slots.take("c")).as("it has left the line").isFalse();
        assertThat(slots.take("b")).isTrue();
    }

    @Test
    void canceledRequest_doesNotBlockOthers() {
        slots.take("a");
        slots.take("b");
        slots.take("c");
        slots.give();
        slots.leave("b");

        assertThat(slots.take("c")).isTrue();
    }
}
