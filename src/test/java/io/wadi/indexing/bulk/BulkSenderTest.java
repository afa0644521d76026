package io.wadi.indexing.bulk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch._types.ElasticsearchException;
import co.elastic.clients.elasticsearch._types.ErrorResponse;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.OperationType;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.document.KeyField;
import io.wadi.indexing.document.PendingBatch;
import io.wadi.kafka.Records;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BulkSenderTest {
    /**
     * The response of Elasticsearch 8.19 for a data stream with a failure store. The distribution of the tests has no
     * module for data streams and therefore no failure store.
     */
    private static final String RESPONSE = """
            {"errors":false,"took":400,"items":[
             {"create":{"_index":".ds-events-2026.11.26-000001","_id":"events+0+0","_version":1,"result":"created",
              "_shards":{"total":1,"successful":1,"failed":0},"_seq_no":3,"_primary_term":1,"status":201}},
             {"create":{"_index":".fs-events-2026.11.26-000002","_id":"lEu8jZYB_ZAKuDfZNouU","_version":1,
              "result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":10,"_primary_term":1,
              "failure_store":"used","status":201}}]}
            """;

    private final List<String> outcomes = new ArrayList<>();

    @Test
    void documentInTheFailureStore_isRejected() {
        BulkResponse response =
                BulkResponse.of(builder -> builder.withJson(new ByteArrayInputStream(RESPONSE.getBytes(UTF_8))));
        BulkSender sender = sender(response.items());
        DocumentFactory documents =
                new DocumentFactory(IndexName.of("events"), new EventTime(""), false, new KeyField(""));
        for (int offset = 0; offset < 2; offset++) {
            sender.add(documents.of(
                    Records.record(new TopicPartition("events", 0), offset, "{\"n\":1}"), new PendingBatch(2)));
        }

        sender.attend();
        sender.attend();

        assertThat(sender.isIdle()).isTrue();
        assertThat(outcomes)
                .containsExactly(
                        "indexed events+0+0",
                        "rejected events+0+1: index .fs-events-2026.11.26-000002 rejected lEu8jZYB_ZAKuDfZNouU:"
                                + " the data stream's failure store has the document, its cause in error.message");
    }

    /**
     * Its status is 200, as for a document that exists afterwards. The distribution of the tests has no module with
     * this processor.
     */
    @Test
    void documentThatAPipelineDrops_isRejected() {
        String response = """
                {"errors":false,"took":0,"ingest_took":1,"items":[
                 {"create":{"_index":"events","_id":"events+0+0","_version":-3,"result":"noop",
                  "_shards":{"total":0,"successful":0,"failed":0},"status":200}}]}
                """;
        BulkResponse dropped =
                BulkResponse.of(builder -> builder.withJson(new ByteArrayInputStream(response.getBytes(UTF_8))));

        attend(sender(dropped.items()), "{\"n\":1}");

        assertThat(outcomes)
                .containsExactly("rejected events+0+0: index events rejected events+0+0:"
                        + " an ingest pipeline dropped the document");
    }

    @Test
    void largeReasonsOfElasticsearch_areShortened() {
        String quoted = "x".repeat(1 << 20);
        BulkSender sender = sender(List.of(failed(400, "document_parsing_exception", "Preview: " + quoted, quoted)));

        attend(sender, "{\"n\":1}");

        assertThat(outcomes)
                .singleElement()
                .asString()
                .startsWith(
                        "rejected events+0+0: index events rejected id: 400 document_parsing_exception: Preview: xxx")
                .hasSizeLessThan(4000);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            403 | cluster_block_exception   | blocked by: [FORBIDDEN/8/index write (api)];       | rejected
            403 | cluster_block_exception   | blocked by: [FORBIDDEN/6/cluster read-only (api)]; | failed
            400 | index_closed_exception    | closed                                             | rejected
            404 | index_not_found_exception | no such index                                      | rejected
            400 | validation_exception      | this action would add [2] shards, but              | rejected
            400 | illegal_argument_exception | pipeline with id [x] does not exist               | rejected
            429 | cluster_block_exception   | disk usage exceeded flood-stage watermark          | failed
            403 | security_exception        | no                                                 | failed
            """)
    void indexThatADocumentSelectsByItsOwnTime_doesNotStopThePartition(
            int status, String type, String reason, String expected) {
        List<BulkResponseItem> items = List.of(failed(status, type, reason, reason));
        String late = "{\"time\":\"2021-04-14T12:00:00Z\"}";

        attend(sender(items), late);
        assertThat(outcomes).singleElement().asString().startsWith(expected);

        outcomes.clear();
        attend(sender(items), "{\"time\":\"2021-05-01T09:00:00Z\"}");
        assertThat(outcomes)
                .as("the index of the record's timestamp")
                .singleElement()
                .asString()
                .startsWith("failed");
    }

    @Test
    void responseWithTooFewItems_isNotReportedAsAMissingResponse() {
        attend(sender(List.of()), "{\"n\":1}");

        assertThat(outcomes)
                .containsExactly("failed: unexpected response of Elasticsearch: sent 1 documents, received 0 items");
    }

    @Test
    void failureBeforeTheRejectionOfTheLastDocument_isNotReportedAfterIt() {
        Deque<Integer> statuses = new ArrayDeque<>(List.of(503, 413));
        AtomicLong nanos = new AtomicLong();
        BulkSender sender = new BulkSender(
                new BulkSender.Outlet(
                        new RequestSlots(1),
                        (bulk, handler) -> handler.accept(BulkResult.failed(bulk, response(statuses.remove()))),
                        () -> null,
                        10,
                        1000,
                        Duration.ZERO,
                        nanos::get),
                new Recorded());

        attend(sender, "{\"n\":1}");
        assertThat(sender.failure()).isNotNull();
        nanos.addAndGet(Duration.ofMinutes(10).toNanos());
        sender.attend();
        sender.attend();

        assertThat(outcomes).last().asString().contains("413");
        assertThat(sender.isIdle()).isTrue();
        assertThat(sender.failure()).isNull();
        assertThat(sender.isFull())
                .as("a full sender pauses its partition, and without records no request could end that")
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "51897959, max_coordinating_bytes=51897958, rejected",
        "51897959, max_coordinating_and_primary_bytes=51897958, rejected",
        "51897958, max_coordinating_bytes=51897958, failed",
        "99999999999999999999, max_coordinating_bytes=51897958, failed",
    })
    void documentBeyondTheMemoryForRequests_doesNotStopThePartition(String bytes, String limit, String expected) {
        String reason = "rejected execution of coordinating operation [coordinating_and_primary_bytes=900,"
                + " replica_bytes=0, all_bytes=900, coordinating_operation_bytes=%s, %s]".formatted(bytes, limit);
        BulkSender sender = failing(429, reason);

        attend(sender, "{\"n\":1}");

        assertThat(outcomes).singleElement().asString().startsWith(expected).contains(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "429, 51897959, max_primary_bytes=51897958, rejected",
        "429, 51897959, max_coordinating_and_primary_bytes=51897958, rejected",
        "429, 51897958, max_primary_bytes=51897958, failed",
        "503, 51897959, max_primary_bytes=51897958, failed",
    })
    void documentBeyondTheMemoryOfItsShardsNode_doesNotStopThePartition(
            int status, String bytes, String limit, String expected) {
        String reason = "rejected execution of primary operation [coordinating_and_primary_bytes=900,"
                + " replica_bytes=0, all_bytes=900, primary_operation_bytes=%s, %s]".formatted(bytes, limit);
        BulkResponseItem item = failed(status, "es_rejected_execution_exception", reason, reason);

        attend(sender(List.of(item)), "{\"n\":1}");
        assertThat(outcomes).singleElement().asString().startsWith(expected).contains(bytes);

        outcomes.clear();
        BulkSender two = sender(List.of(item, item));
        add(two, "{\"n\":1}");
        attend(two, "{\"n\":1}");
        assertThat(outcomes)
                .as("one of several documents may fit alone")
                .singleElement()
                .asString()
                .startsWith("failed");
    }

    private BulkSender failing(int status, String reason) {
        return sender((bulk, handler) -> handler.accept(BulkResult.failed(bulk, response(status, reason))));
    }

    private static ElasticsearchException response(int status) {
        return response(status, "no");
    }

    private static ElasticsearchException response(int status, String reason) {
        return new ElasticsearchException(
                "bulk",
                ErrorResponse.of(response -> response.status(status)
                        .error(error -> error.type("error").reason(reason))));
    }

    private BulkSender sender(List<BulkResponseItem> items) {
        return sender((bulk, handler) -> handler.accept(BulkResult.of(bulk, items)));
    }

    private BulkSender sender(BiConsumer<DocumentBatch, Consumer<BulkResult>> transport) {
        return new BulkSender(
                new BulkSender.Outlet(
                        new RequestSlots(1), transport, () -> null, 10, 1000, Duration.ZERO, System::nanoTime),
                new Recorded());
    }

    private static BulkResponseItem failed(int status, String type, String reason, String under) {
        return BulkResponseItem.of(item -> item.operationType(OperationType.Create)
                .index("events")
                .id("id")
                .status(status)
                .error(error -> error.type(type)
                        .reason(reason)
                        .causedBy(cause -> cause.type("cause").reason(under))));
    }

    /** Sends a record of 2021-05-01 to the index of that day. */
    private static void attend(BulkSender sender, String json) {
        add(sender, json);
        sender.attend();
        sender.attend();
    }

    private static void add(BulkSender sender, String json) {
        long timestamp = Instant.parse("2021-05-01T10:00:00Z").toEpochMilli();
        sender.add(
                new DocumentFactory(IndexName.of("events-{yyyy.MM.dd}"), new EventTime("time"), false, new KeyField(""))
                        .of(Records.record(new TopicPartition("events", 0), 0, timestamp, json), new PendingBatch(1)));
    }

    private final class Recorded implements BulkSender.Outcomes {
        @Override
        public void indexed(Document document) {
            outcomes.add("indexed " + document.id());
        }

        @Override
        public void refused(Document document, RejectedDocumentException cause) {
            outcomes.add("rejected " + document.id() + ": " + cause.getMessage());
        }

        @Override
        public void failed(String cause, int failures, Duration pause) {
            outcomes.add("failed: " + cause);
        }
    }
}
