package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.util.BinaryData;
import io.wadi.kafka.DeadLetters;
import io.wadi.kafka.Producers;
import io.wadi.kafka.Records;
import io.wadi.kafka.Run;
import io.wadi.kafka.Runs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BulkRequestsTest {
    private static final TopicPartition PARTITION = new TopicPartition("select-color", 1);
    private static final String TEN_BYTES = "{\"a\":1234}";

    private final MockProducer<Object, Object> letters = Producers.inMemory();
    private final DeadLetters deadLetters = new DeadLetters("dead", () -> letters);
    private final DefaultCamelContext camel = new DefaultCamelContext(false);
    private final Exchange exchange = new DefaultExchange(camel);

    @BeforeEach
    void comeFromTheRoute() {
        exchange.getExchangeExtension().setFromRouteId("indexing");
    }

    @AfterEach
    void close() throws IOException {
        camel.close();
    }

    @ParameterizedTest
    @CsvSource({
        // records, most documents, most bytes, documents in each request
        "1, 100, 1000, 1",
        "6, 6, 1000, 6",
        "7, 6, 1000, 6 1",
        "6, 2, 1000, 2 2 2",
        "3, 1, 1000, 1 1 1",
        "6, 100, 60, 6",
        "6, 100, 59, 5 1",
        "6, 100, 30, 3 3",
        "6, 2, 30, 2 2 2",
        "6, 3, 20, 2 2 2",
        "3, 100, 9, 1 1 1"
    })
    void cut_atTheLimitsOfDocumentsAndBytes(int records, int mostDocuments, int mostBytes, String sizes) {
        List<Bulk> bulks = cut(
                mostDocuments,
                mostBytes,
                Collections.nCopies(records, TEN_BYTES).toArray(String[]::new));

        assertThat(bulks.stream().map(bulk -> "" + bulk.size()).collect(Collectors.joining(" ")))
                .isEqualTo(sizes);
        assertThat(offsets(bulks)).isSorted().hasSize(records);
    }

    @Test
    void cut_documentLargerThanARequest_goesAlone() {
        String large = "{\"a\":\"" + "x".repeat(100) + "\"}";

        List<Bulk> bulks = cut(100, 30, TEN_BYTES, large, TEN_BYTES, TEN_BYTES);

        assertThat(bulks).extracting(Bulk::size).containsExactly(1, 1, 2);
        assertThat(offsets(bulks)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void cut_valuesThatCannotBeDocuments_areDeadLettersAndTheOthersGoOn() {
        List<Bulk> bulks = cut(2, 1000, "hello", "{\"n\":1}", null, "[{}]", "{\"n\":2}", "{\"n\":3}", "{}{}");

        assertThat(offsets(bulks)).containsExactly(1L, 4L, 5L);
        assertThat(bulks).extracting(Bulk::size).containsExactly(2, 1);
        assertThat(letters.history()).extracting(BulkRequestsTest::offset).containsExactly("0", "2", "3", "6");
    }

    @Test
    void cut_noDocumentAtAll_isNoRequest() {
        assertThat(cut(10, 1000, "hello", "17")).isEmpty();
        assertThat(letters.history()).hasSize(2);
    }

    @Test
    void cut_deadLetterIsNotTaken_failsSoThatTheRunComesAgain() {
        DeadLetters notTaken = new DeadLetters("dead", Producers::failing);
        Run run = Runs.of(List.of(Records.record(PARTITION, 0, "{}"), Records.record(PARTITION, 1, "hello")));

        assertThatExceptionOfType(KafkaException.class)
                .isThrownBy(() -> new BulkRequests("colors", 10, 1000, notTaken).cut(run, exchange));
    }

    @Test
    void request_createsEachDocumentUnderItsIdInOneLine() throws IOException {
        Bulk bulk = cut(10, 1000, "{\n\"이름\":\"김 😀\"}", TEN_BYTES).get(0);
        BulkRequest request = bulk.request().build();

        assertThat(request.operations()).hasSize(2).allSatisfy(operation -> {
            assertThat(operation.isCreate()).isTrue();
            assertThat(operation.create().index()).isEqualTo("colors");
        });
        assertThat(request.operations())
                .extracting(operation -> operation.create().id())
                .containsExactly("select-color+1+0", "select-color+1+1");
        assertThat(sent(request, 0)).isEqualTo("{ \"이름\":\"김 😀\"}");
        assertThat(sent(request, 1)).isEqualTo(TEN_BYTES);
        assertThat(bulk.bytes()).isEqualTo(("{ \"이름\":\"김 😀\"}" + TEN_BYTES).getBytes(UTF_8).length);
        assertThat(bulk.records().get(1).value()).isEqualTo(Records.value(TEN_BYTES.getBytes(UTF_8)));
    }

    private static String sent(BulkRequest request, int item) throws IOException {
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        ((BinaryData) request.operations().get(item).create().document()).writeTo(document);
        return document.toString(UTF_8);
    }

    private List<Bulk> cut(int mostDocuments, int mostBytes, String... values) {
        List<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayList<>();
        for (String value : values) {
            records.add(Records.record(PARTITION, records.size(), value));
        }
        Run run = Runs.of(records);
        return new BulkRequests("colors", mostDocuments, mostBytes, deadLetters)
                .cut(run, exchange).stream().map(Bulk.class::cast).toList();
    }

    private static List<Long> offsets(List<Bulk> bulks) {
        return bulks.stream()
                .flatMap(bulk -> bulk.records().stream())
                .map(ConsumerRecord::offset)
                .toList();
    }

    private static String offset(ProducerRecord<Object, Object> letter) {
        return new String(letter.headers().lastHeader("__connect.errors.offset").value(), UTF_8);
    }
}
