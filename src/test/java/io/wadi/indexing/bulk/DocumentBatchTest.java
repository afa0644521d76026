package io.wadi.indexing.bulk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch.core.bulk.BulkOperation;
import co.elastic.clients.elasticsearch.core.bulk.CreateOperation;
import co.elastic.clients.util.BinaryData;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.PendingBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DocumentBatchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static Document document(String id, String json) {
        ByteBuffer value = ByteBuffer.wrap(("before" + json + "after").getBytes(UTF_8))
                .position(6)
                .limit(6 + json.getBytes(UTF_8).length);
        return new Document(
                new ConsumerRecord<>("t", 0, 0, null, value), new PendingBatch(1), "events", false, id, id, value);
    }

    private static List<BulkOperation> operations(List<Document> documents) {
        return new DocumentBatch(documents, 0).request().build().operations();
    }

    /** Returns the lines of the request's body. */
    private static List<String> lines(List<BulkOperation> operations) throws IOException {
        List<String> lines = new ArrayList<>();
        for (BulkOperation each : operations) {
            CreateOperation<?> create = each.create();
            lines.add(JSON.createObjectNode()
                    .set(
                            "create",
                            JSON.createObjectNode()
                                    .put("_index", create.index())
                                    .put("_id", create.id()))
                    .toString());
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            ((BinaryData) create.document()).writeTo(content);
            content.toString(UTF_8).lines().forEach(lines::add);
        }
        return lines;
    }

    @Test
    void smallDocuments_areWrittenTogether_eachAfterItsAction() throws IOException {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            documents.add(document("t+0+" + i, "{\"n\":%d,\"s\":\"%s\"}".formatted(i, "é".repeat(50))));
        }

        List<BulkOperation> operations = operations(documents);

        assertThat(operations).hasSizeLessThan(10);
        List<String> lines = lines(operations);
        assertThat(lines).hasSize(2 * documents.size());
        for (int i = 0; i < documents.size(); i++) {
            assertThat(lines.get(2 * i))
                    .isEqualTo("{\"create\":{\"_index\":\"events\",\"_id\":\"t+0+%d\"}}".formatted(i));
            assertThat(JSON.readTree(lines.get(2 * i + 1)).path("n").asInt()).isEqualTo(i);
        }
    }

    @Test
    void largeDocument_isWrittenSeparately() throws IOException {
        String large = "{\"s\":\"%s\"}".formatted("x".repeat(100_000));

        List<BulkOperation> operations =
                operations(List.of(document("a", "{}"), document("b", large), document("c", "{}")));

        assertThat(operations).hasSize(3);
        assertThat(lines(operations)).element(3).isEqualTo(large);
    }

    @Test
    void idWithQuotesAndLineBreaks_isEscapedIntoOneLine() throws IOException {
        String id = "a\"b\\c\nd\u2028é";

        List<String> lines = lines(operations(List.of(document("first", "{}"), document(id, "{}"))));

        JsonNode action = JSON.readTree(lines.get(2));
        assertThat(lines).hasSize(4);
        assertThat(action.at("/create/_id").asText()).isEqualTo(id);
    }
}
