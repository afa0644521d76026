package io.wadi.management.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.Causes;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.targets.RecordStates;
import io.wadi.management.TopicView;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Message;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds the state of a record for the page: its receipt state, links to its file and its document, and the document.
 * Values are masked. Documents are read within the limits of {@link ReadRequests}, since the tree of a document may
 * take twenty times as much memory as its text. Thread-safe.
 */
record FollowedRecord(
        Supplier<RecordStates> states,
        Supplier<TopicView.Files> files,
        Supplier<TopicView.Documents> documents,
        Masking masking,
        ReadRequests requests) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REASON = "reason";
    private static final String PROBLEM = "problem";

    /**
     * Returns the state of the record that the query names.
     *
     * @throws IllegalArgumentException if the query is incomplete or malformed
     * @throws PageResponses.NotFoundException if the record never existed
     */
    ObjectNode find(Message request) throws PageResponses.NotFoundException, InterruptedException {
        String topic = PageResponses.text(request, "topic", "a topic");
        Integer partition = PageResponses.number(request, "partition", Integer.class);
        Long offset = PageResponses.number(request, "offset", Long.class);
        if (topic == null || partition == null || offset == null) {
            throw new IllegalArgumentException("topic, partition or offset is missing: expected all three");
        }
        Optional<Map<String, Object>> found = partition < 0 || offset < 0
                ? Optional.empty()
                : states.get().find(new TopicPartition(topic, partition), offset);
        return shown(found.orElseThrow(() -> new PageResponses.NotFoundException(
                "record %s-%d@%d does not exist".formatted(topic, partition, offset))));
    }

    private ObjectNode shown(Map<String, Object> state) {
        ObjectNode shown = JSON.valueToTree(state);
        shown.forEach(part -> {
            if (part.path(REASON).isTextual()) {
                ((ObjectNode) part).put(REASON, masking.plain(part.get(REASON).textValue()));
            }
        });
        if (shown.at("/landed/file").isTextual()) {
            ObjectNode landed = (ObjectNode) shown.get("landed");
            landed.put("url", files.get().url(landed.get("file").textValue()));
        }
        if (shown.at("/indexed/id").isTextual()) {
            addDocumentOnceAvailable((ObjectNode) shown.get("indexed"));
        }
        return shown;
    }

    private void addDocumentOnceAvailable(ObjectNode indexed) {
        try {
            requests.read(() -> {
                addDocument(indexed);
                return indexed;
            });
        } catch (PageResponses.BusyException e) {
            indexed.put(PROBLEM, "the document was not read: " + e.getMessage());
        }
    }

    private void addDocument(ObjectNode indexed) {
        try {
            documents
                    .get()
                    .find(indexed.get("index").textValue(), indexed.get("id").textValue())
                    .ifPresentOrElse(
                            document -> indexed.put("url", document.url()).putPOJO("document", document.source()),
                            () -> indexed.put(PROBLEM, "the index no longer contains the document"));
        } catch (IOException e) {
            indexed.put(PROBLEM, "Elasticsearch does not respond: " + Causes.inShort(e));
        }
    }
}
