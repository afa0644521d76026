package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.send.Receipts;
import io.wadi.ingest.send.SendEvents;
import java.util.BitSet;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class AnswerRecordsTest {
    private static final Problem INVALID = new Problem("", "missing");
    private static final RecordMetadata STORED =
            new RecordMetadata(new TopicPartition("select-color", 0), 0, 0, 0, 0, 0);

    @AutoClose
    private static final DefaultCamelContext CAMEL = new DefaultCamelContext();

    private final Receipts receipts = new Receipts(true);
    private final Exchange exchange = new DefaultExchange(CAMEL);

    private AnswerRecordsTest invalid() {
        receipts.rejected(receipts.add(), INVALID);
        return this;
    }

    private AnswerRecordsTest late(String message) {
        receipts.notAcknowledged(receipts.add(), new TimeoutException(message));
        return this;
    }

    private AnswerRecordsTest stored() {
        receipts.acknowledged(receipts.add(), STORED);
        return this;
    }

    private AnswerRecordsTest storedAsDeadLetter() {
        receipts.acknowledged(receipts.addInvalid(INVALID), STORED);
        return this;
    }

    /** Adds a record that is not sent, because the body was not read further for this reason. */
    private AnswerRecordsTest notSent(RequestException reason) {
        exchange.setProperty(ReadRecords.COUNT, receipts.size() + 1);
        exchange.setProperty(SendEvents.ABORT_REASON, reason);
        return this;
    }

    private int status() {
        exchange.getMessage().setBody(receipts);
        new IngestRequest(null, Map.of(), null, null, null, 0, null).attach(exchange);
        new AnswerRecords(topic -> 1).process(exchange);
        return exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
    }

    @Test
    void status_is422_ifAllRecordsAreInvalid() {
        assertThat(invalid().storedAsDeadLetter().status()).isEqualTo(422);
    }

    @Test
    void status_is503OnAKafkaFailure() {
        assertThat(invalid().late("late").invalid().status()).isEqualTo(503);
        assertThat(exchange.getMessage().getHeader("Retry-After")).isNotNull();
    }

    @Test
    void status_is200_ifARecordIsStored() {
        assertThat(invalid().late("late").stored().status()).isEqualTo(200);
    }

    @Test
    void recordsThatAreNotSent_mayBeSentAgain_unlessTheReasonIsInTheBody() {
        assertThat(invalid().notSent(RequestException.invalid("too many")).status())
                .isEqualTo(422);
        assertThat(notSent(RequestException.unavailable("no room")).status()).isEqualTo(503);
        assertThat(notSent(null).status()).isEqualTo(503);
    }

    /** The record that failed has no outcome, and those after it are not sent. */
    @Test
    void internalError_is500_andNoRecordIsReportedAsInvalid() {
        receipts.add();
        notSent(new RequestException(500, "internal error"));

        assertThat(status()).isEqualTo(500);
        assertThat(body())
                .isEqualTo("{\"offsets\":[%1$s,%1$s]}"
                        .formatted("{\"error_code\":50002,\"error\":\"not sent: internal error\","
                                + "\"message\":\"not sent: internal error\"}"));
    }

    @Test
    void internalErrorAfterAStoredRecord_is200() {
        assertThat(stored().notSent(new RequestException(500, "internal error")).status())
                .isEqualTo(200);
        assertThat(body()).startsWith("{\"offsets\":[{\"partition\":0,\"offset\":0},{\"error_code\":50002,");
    }

    /** The value of a record may have fields with the names of the body. */
    @Test
    void pointersOfSchemas_areRelativeToTheValue() {
        receipts.rejected(receipts.add(), new Problem("/records/0", "too short"));
        receipts.rejected(receipts.add(), new Problem("/records/1/key", "not a string of base64"));
        BitSet rejected = new BitSet();
        rejected.set(1);
        exchange.setProperty(ReadRecords.REJECTED, rejected);

        assertThat(status()).isEqualTo(422);
        assertThat(body())
                .contains("\"/records/0/value/records/0: too short\"", "\"/records/1/key: not a string of base64\"");
    }

    private String body() {
        StringBuilder body = new StringBuilder();
        Iterator<?> parts = (Iterator<?>) exchange.getMessage().getBody();
        parts.forEachRemaining(part -> body.append(new String((byte[]) part, UTF_8)));
        return body.toString();
    }

    /** The text of each record is created while the response is written, in several iterations of the event loop. */
    @Test
    void status_isKnownWithoutDescribingEachFailure() {
        AtomicInteger described = new AtomicInteger();
        TimeoutException failure = new TimeoutException("late") {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                described.incrementAndGet();
                return super.getMessage();
            }
        };
        for (int i = 0; i < 1_000; i++) {
            receipts.notAcknowledged(receipts.add(), failure);
        }

        assertThat(status()).isEqualTo(503);
        assertThat(described).hasValue(0);
    }
}
