package io.wadi.management;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Read-only views of sinks for the management port. Implementations are thread-safe. */
public interface TopicView {
    /**
     * A view of landed files. Results are serializable as JSON. Methods throw {@link IllegalArgumentException} if a
     * name is invalid, and {@link FileNotFoundException} if it is unknown.
     */
    interface Files {
        /** Returns the topics that have landed files. */
        Object topics() throws IOException;

        Object files(String topic) throws IOException;

        /** Returns the first and last records of a file; {@code file} is its path below the topic's directory. */
        Object preview(String topic, String file) throws IOException;

        /** Returns the URL of a file for browsers. */
        String url(String path);

        /** Audits whether each offset of the topic has landed exactly once. */
        Object audit(String topic) throws IOException, InterruptedException;
    }

    /** A view of indexed documents. */
    interface Documents {
        /** Returns the URL of Elasticsearch for browsers. */
        String url();

        List<IndexingRoute> routes();

        /** Returns a document; empty if the index has none with this id. */
        Optional<Document> find(String index, String id) throws IOException;

        /** Counts the documents of an index or of all indexes that match a pattern; empty if there is none. */
        OptionalLong count(String index) throws IOException;
    }

    /**
     * A document.
     *
     * @param url the document's URL for browsers
     * @param source the masked source, serializable as JSON
     */
    record Document(String url, Object source) {}

    /**
     * An indexing route of this process.
     *
     * @param topics the topics that it reads; if empty, the topics with committed offsets of its group
     * @param index the index that it writes to, or a pattern
     */
    record IndexingRoute(String route, List<String> topics, String group, String index) {}
}
