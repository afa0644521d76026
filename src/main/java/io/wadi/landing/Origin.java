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
 * The identity of the topic whose records are in a directory. File names consist of offsets, which do not tell a topic
 * from one that was recreated, or from one of another cluster, under the same name; a hidden file beside the
 * partitions' directories does. The first owner of any partition writes it, also for existing files; each later owner
 * checks it before it creates or deletes anything. It is never overwritten.
 */
public final class Origin {
    private static final Pattern FORM = Pattern.compile("topic-id=(\\S+)\ncluster-id=(\\S+)\n");
    private static final int LONGEST = 1_000;

    private final FileStore store;
    private final TopicPartition partition;
    private final Layout layout;
    private final TopicIdentity now;

    /** Takes a partition and the identity of its topic. */
    Origin(FileStore store, Layout layout, TopicPartition partition, TopicIdentity now) {
        this.store = store;
        this.layout = layout;
        this.partition = partition;
        this.now = now;
    }

    /** Returns the path of the file. */
    String path() {
        return layout.origin(partition.topic());
    }

    /**
     * Returns whether the file exists.
     *
     * @throws Conflict if it names another topic
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
     * @param own a directory of the partition's owner
     * @throws Conflict if it names another topic meanwhile
     */
    void say(String own) throws IOException {
        String path = own + "/origin";
        write(path);
        store.makeDirectory(layout.visible(partition.topic()));
        try {
            store.rename(path, path());
        } catch (IOException e) {
            // Another partition's owner was first, or the response was lost.
            if (!isKnown()) {
                throw e;
            }
        }
    }

    private void write(String path) throws IOException {
        FileStore.Output out = store.create(path);
        try {
            out.write("topic-id=%s\ncluster-id=%s\n"
                    .formatted(now.id(), now.cluster())
                    .getBytes(UTF_8));
            out.sync();
            out.close();
        } catch (IOException | RuntimeException e) {
            out.abort();
            throw e;
        }
    }

    private String read() throws IOException {
        try (InputStream file = store.open(path())) {
            return new String(file.readNBytes(LONGEST), UTF_8);
        }
    }

    private void require(String said) {
        Optional<TopicIdentity> then = parse(said);
        String directory = layout.visible(partition.topic());
        if (then.isEmpty()) {
            throw new Conflict(
                    path(),
                    "it does not say which topic's records stand in %s: put it back as it was, or delete it where they are this topic's"
                            .formatted(directory));
        }
        if (!then.get().id().equals(now.id())) {
            throw new Conflict(path(), refusal(then.get(), directory));
        }
    }

    private static Optional<TopicIdentity> parse(String said) {
        Matcher form = FORM.matcher(said);
        return form.matches() ? Optional.of(new TopicIdentity(form.group(1), form.group(2))) : Optional.empty();
    }

    private String refusal(TopicIdentity then, String directory) {
        String what = then.cluster().equals(now.cluster())
                ? "the topic was made anew: its id is %s, and what stands in %s is of %s"
                        .formatted(now.id(), directory, then.id())
                : "it is the topic of another cluster: its id is %s in cluster %s, and what stands in %s is of %s in cluster %s"
                        .formatted(now.id(), now.cluster(), directory, then.id(), then.cluster());
        return what
                + "; offsets of the one say nothing of the other, and nothing is landed. Land into another directory"
                + " (wadi.landing.directory), or move this one away and delete the group's offsets of the topic; only where the"
                + " offsets go on, as in a cluster made of a copy, delete this file";
    }
}
