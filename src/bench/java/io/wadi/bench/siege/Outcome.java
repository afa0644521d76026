package io.wadi.bench.siege;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** The outcome of the connections of one kind. Not thread-safe. */
final class Outcome {
    private final Map<String, Long> answers = new TreeMap<>();
    private long opened;
    private long sent;
    private long bytes;

    void opened() {
        opened++;
    }

    void sent(int length) {
        sent++;
        bytes += length;
    }

    /**
     * Counts a response or the end of a connection by its name, such as {@code 413}, {@code closed} or
     * {@code rst-cancel}.
     */
    void ended(String how) {
        answers.merge(how, 1L, Long::sum);
    }

    /** Returns the counts so far; {@code open} is the number of open connections. */
    ObjectNode json(ObjectMapper json, int open) {
        ObjectNode node = json.createObjectNode()
                .put("opened", opened)
                .put("sent", sent)
                .put("bytes", bytes)
                .put("open_at_end", open);
        ObjectNode counts = node.putObject("answers");
        answers.forEach(counts::put);
        return node;
    }
}
