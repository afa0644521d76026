package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.landing.Recovery.Conflict;
import io.wadi.landing.files.Layout;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * The file {@code _origin} with the identity of the topic that is landed in a directory. File names contain offsets
 * only, which do not distinguish a topic from one that was recreated, or from one of another cluster, under the same
 * name. The first owner of any partition writes the file, even if the directory already contains landed files. Each
 * later owner checks it before it creates or deletes anything. It is never overwritten.
 */
public final class Origin {
    private static final Pattern FORM = Pattern.compile("topic-id=(\\S+)\ncluster-id=(\\S+)\n");
    private static final int MAX_BYTES = 1_000;

    private final FileStore store;
    private final TopicPartition partition;
    private final Layout layout;
    private final TopicIdentity current;

    Origin(FileStore store, Layout layout, TopicPartition partition, TopicIdentity current) {
        this.store = store;
        this.layout = layout;
        this.partition = partition;
        this.current = current;
    }

    String path() {
        return layout.origin(partition.topic());
    }

    /**
     * Returns whether the file exists.
     *
     * @throws Conflict if it contains the identity of another topic
     */
    boolean isKnown() throws IOException {
        if (store.find(path()).isEmpty()) {
            return false;
        }
        require(read());
        return true;
    }

    /**
     * Writes the file unless it exists.
     *
     * @param own the owner directory of the partition's current owner
     * @throws Conflict if another topic's identity has been written meanwhile
     */
    void writeIfAbsent(String own) throws IOException {
        String path = own + "/origin";
        store.write(
                path,
                "topic-id=%s\ncluster-id=%s\n"
                        .formatted(current.id(), current.cluster())
                        .getBytes(UTF_8));
        store.makeDirectory(layout.visible(partition.topic()));
        try {
            store.rename(path, path());
        } catch (IOException e) {
            // The owner of another partition wrote it first, or the response to the rename was lost.
            if (!isKnown()) {
                throw e;
            }
        }
    }

    private String read() throws IOException {
        try (InputStream file = store.open(path())) {
            return new String(file.readNBytes(MAX_BYTES), UTF_8);
        }
    }

    private void require(String content) {
        Optional<TopicIdentity> recorded = parse(content);
        String directory = layout.visible(partition.topic());
        if (recorded.isEmpty()) {
            throw new Conflict(
                    path(),
                    "it does not identify the topic of the records in %s: restore the file, or delete it if the records are of this topic"
                            .formatted(directory));
        }
        if (!recorded.get().id().equals(current.id())) {
            throw new Conflict(path(), refusal(recorded.get(), directory));
        }
    }

    private static Optional<TopicIdentity> parse(String content) {
        Matcher form = FORM.matcher(content);
        return form.matches() ? Optional.of(new TopicIdentity(form.group(1), form.group(2))) : Optional.empty();
    }

    private String refusal(TopicIdentity recorded, String directory) {
        return current.difference("the topic", "the files in " + directory, recorded)
                + "; their offsets are unrelated, and nothing is landed. Set wadi.landing.directory to another directory,"
                + " or move this one and " + layout.expired(partition.topic())
                + " away and delete the group's offsets of the topic; delete this file only if the offsets continue, as in"
                + " a cluster restored from a copy";
    }
}
