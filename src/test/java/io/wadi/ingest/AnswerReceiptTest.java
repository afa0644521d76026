package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.send.Receipts;
import io.wadi.ingest.send.SendEvents;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The responses to a request with one event, {@link AnswerReceipt} and {@link AnswerPixel}. */
class AnswerReceiptTest {
    private final RequestException internal = new RequestException(500, "internal error");
    private static final List<Processor> STEPS = List.of(new AnswerReceipt(), new AnswerPixel());

    @AutoClose
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    private final Receipts receipts = new Receipts(true);

    private Exchange process(Processor step, RequestException abortReason) throws Exception {
        Exchange exchange = new DefaultExchange(CAMEL);
        exchange.getMessage().setBody(receipts);
        exchange.setProperty(SendEvents.ABORT_REASON, abortReason);
        step.process(exchange);
        return exchange;
    }

    /** Otherwise a NullPointerException would be the error in the log, beside that of the event. */
    @Test
    void eventWithoutAnOutcome_failsWithTheReason() {
        assertFailsWithTheReason();

        receipts.add();

        assertFailsWithTheReason();
    }

    private void assertFailsWithTheReason() {
        STEPS.forEach(step -> assertThatThrownBy(() -> process(step, internal)).isSameAs(internal));
    }

    /** The memory for receipts may be exhausted after the event is sent. */
    @Test
    void acknowledgedEvent_hasItsReceipt_whateverEndedTheReading() throws Exception {
        receipts.acknowledged(receipts.add(), new RecordMetadata(new TopicPartition("select-color", 2), 7, 0, 0, 0, 0));

        Exchange exchange = process(new AnswerReceipt(), RequestException.unavailable("no memory"));

        assertThat(new String(exchange.getMessage().getBody(byte[].class), UTF_8))
                .isEqualTo("{\"topic\":\"select-color\",\"partition\":2,\"offset\":7}");
    }
}
