package io.wadi.management;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Read-only views of sinks for the management port. Implementations are thread-safe. */
public interface TopicView {
    /**
     * Landed files. Results are serializable as JSON. Methods throw {@link IllegalArgumentException} for an invalid
     * name and {@link FileNotFoundException} for an unknown one.
     */
    interface Files {
        /** The topics that have landed. */
        Object topics() throws IOException;

        Object files(String topic) throws IOException;

        /** The first and last records of a file, by its path below the topic's directory. */
        Object preview(String topic, String file) throws IOException;

        /** The URL of a file for browsers, by its path. */
        String url(String path);

        /** Audits whether each offset of the topic has landed exactly once. */
        Object audit(String topic) throws IOException, InterruptedException;
    }

    /** Indexed documents. */
    interface Documents {
        /** The URL of Elasticsearch, for browsers. */
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
     * @param url for browsers
     * @param source masked, and serializable as JSON
     */
    record Document(String url, Object source) {}

    /**
     * A route of this process that indexes.
     *
     * @param topics the topics that it reads; empty: those with committed offsets of its group
     * @param index the index that it writes to, or a pattern
     */
    record IndexingRoute(String route, List<String> topics, String group, String index) {}
}
