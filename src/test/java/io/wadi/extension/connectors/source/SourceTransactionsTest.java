package io.wadi.extension.connectors.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.wadi.kafka.Producers;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;

class SourceTransactionsTest {
    /**
     * A stop interrupts a thread that waits for a database, and a producer throws if it is closed on such a thread.
     * Otherwise the consumer of the source offsets would not be closed, and would own the source for minutes.
     */
    @Test
    void close_onAnInterruptedThread_doesNotThrow() {
        MockProducer<Object, Object> producer = Producers.inMemory();
        SourceTransactions transactions = SourceTransactions.open(producer, "offsets", "source");
        producer.closeException = new InterruptException("interrupted");

        assertThatCode(transactions::close).doesNotThrowAnyException();
        assertThat(Thread.interrupted()).isTrue();
    }
}
