package io.wadi.indexing.setup;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.document.IndexName;
import io.wadi.kafka.Causes;
import io.wadi.runtime.health.WaitLog;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs templates and policies and creates the indices behind aliases before the first document is sent, on a thread
 * of its own that retries until Elasticsearch has accepted them. Objects of the same name that others have installed
 * are left unchanged. As a health check it is down until all is done.
 */
public final class IndexSetup extends AbstractHealthCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexSetup.class);
    private static final long PAUSE_MS = 1000;

    private final List<SetupFile> files;
    private final ElasticsearchAdmin admin;
    private final Set<IndexName> wanted = ConcurrentHashMap.newKeySet();
    private final Set<IndexName> ready = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final WaitLog waiting;
    private boolean running;
    private boolean installed;
    private volatile String lastFailure = "Elasticsearch has not been reached yet";

    public IndexSetup(List<SetupFile> files, ElasticsearchAdmin admin) {
        super("wadi", "wadi-index-setup");
        this.files =
                files.stream().sorted(Comparator.comparing(SetupFile::kind)).toList();
        this.admin = admin;
        waiting = new WaitLog(LOG, "Elasticsearch at " + admin.url() + " (wadi.elasticsearch.hosts)");
    }

    public synchronized void add(IndexName index) {
        if (wanted.add(index) && !running) {
            running = true;
            Thread thread = new Thread(this::run, "wadi-elasticsearch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Returns why an index is not ready yet; null if it is. */
    public String obstacle(IndexName index) {
        return ready.contains(index) ? null : lastFailure;
    }

    /** Returns the indices, aliases and data streams written to at this time. */
    public Set<String> writtenTo(Instant now) {
        return wanted.stream().map(name -> name.at(now.toEpochMilli())).collect(Collectors.toCollection(TreeSet::new));
    }

    private void run() {
        try {
            boolean done = false;
            while (!done) {
                done = attempt() || closed.await(PAUSE_MS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether all is done; the thread ends then, and the next index starts another. */
    private boolean attempt() {
        try {
            if (!installed) {
                install();
                installed = true;
            }
            for (IndexName index : wanted) {
                if (!ready.contains(index)) {
                    createIfMissing(index);
                    ready.add(index);
                }
            }
            waiting.ended();
        } catch (IOException | RuntimeException e) {
            waiting.log(Causes.inShort(e));
            lastFailure = Causes.inShort(e);
            return false;
        }
        synchronized (this) {
            running = !ready.containsAll(wanted);
            return !running;
        }
    }

    public void install() throws IOException {
        for (SetupFile file : files) {
            install(file);
        }
    }

    private void install(SetupFile file) throws IOException {
        if (file.kind() == SetupFile.Kind.ILM_POLICIES && !admin.hasLifecycles()) {
            LOG.info("Skipped {}: this Elasticsearch has no index lifecycle management", file.file());
            return;
        }
        SetupFile.Difference difference =
                admin.get(file.path()).map(file::difference).orElse(SetupFile.Difference.OLDER);
        switch (difference) {
            case NONE -> LOG.debug("Up to date: {}", file.file());
            case FOREIGN ->
                LOG.warn(
                        "Skipped {}: Wadi did not install the existing {}; rename one of them",
                        file.file(),
                        file.path());
            case NEWER -> LOG.warn("Skipped {}: a newer version is installed", file.file());
            case OLDER -> {
                admin.put(file.path(), file.content());
                LOG.info("Installed {}", file.file());
            }
            default -> throw new IllegalStateException(difference.name());
        }
    }

    /** Creates a missing index as an alias of its first generation, so that a rebuilt one can replace it. */
    private void createIfMissing(IndexName index) throws IOException {
        if (index.plain().isEmpty()) {
            return; // Its first document creates it from its template.
        }
        String name = index.plain().get();
        if (admin.get("/" + name).isPresent() || isDataStream(name)) {
            return;
        }
        admin.create(name + "-000001", "{\"aliases\":{\"%s\":{\"is_write_index\":true}}}".formatted(name));
        LOG.info("Created index {}-000001 with the alias {}", name, name);
    }

    /** Returns whether the best matching template creates a data stream, which starts with its first document. */
    private boolean isDataStream(String name) throws IOException {
        JsonNode templates = admin.get("/_index_template").orElseThrow().path("index_templates");
        List<JsonNode> matching = new ArrayList<>();
        for (JsonNode each : templates) {
            JsonNode template = each.path("index_template");
            template.path("index_patterns").forEach(pattern -> {
                if (matches(pattern.asText(), name)) {
                    matching.add(template);
                }
            });
        }
        return matching.stream()
                .max(Comparator.comparingLong(
                        template -> template.path("priority").asLong()))
                .map(template -> template.has("data_stream"))
                .orElse(false);
    }

    private static boolean matches(String pattern, String name) {
        StringBuilder expression = new StringBuilder();
        for (String part : pattern.split("\\*", -1)) {
            expression.append(expression.isEmpty() ? "" : ".*").append(java.util.regex.Pattern.quote(part));
        }
        return name.matches(expression.toString());
    }

    /** An unavailable Elasticsearch is no reason to take the instance and its other flows out of service. */
    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (ready.containsAll(wanted)) {
            builder.up();
        } else {
            builder.message("templates and indices are not installed yet: " + lastFailure)
                    .down();
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        admin.close();
    }
}
