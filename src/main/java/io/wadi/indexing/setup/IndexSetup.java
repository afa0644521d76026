package io.wadi.indexing.setup;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.indexing.client.ElasticsearchAdmin;
import io.wadi.indexing.client.Generations;
import io.wadi.indexing.document.IndexName;
import io.wadi.kafka.Causes;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.health.WaitLog;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;
import org.apache.camel.util.function.ThrowingSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Installs templates and policies, creates the indices behind aliases and compares the {@link IndexOrigins} before the
 * first document is sent, on a thread of its own that retries until Elasticsearch has accepted all of them. As a health
 * check it is down until then.
 */
public final class IndexSetup extends AbstractHealthCheck implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IndexSetup.class);
    private static final long PAUSE_MS = 1000;

    private final Installation installation;
    private final ElasticsearchAdmin admin;
    private final IndexOrigins origins;
    private final Map<Step, IndexName> indices = new ConcurrentHashMap<>();
    private final Set<Step> pending = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final WaitLog waiting;
    private boolean running;
    private volatile boolean installed;
    /** Whether the templates and policies are to be compared before the next step. */
    private final AtomicBoolean isInstallationDue = new AtomicBoolean(true);

    /** A step that is attempted until it is done. */
    private final class Step implements Readiness {
        /** Steps with equal keys share one attempt. */
        private final Object key;

        /** Returns why the step is not done although Elasticsearch responds; empty if it is done. */
        private final ThrowingSupplier<Optional<String>, IOException> attempt;

        private volatile String obstacle = "Elasticsearch has not been reached yet";
        private volatile boolean isAttempted;

        private Step(Object key, ThrowingSupplier<Optional<String>, IOException> attempt) {
            this.key = key;
            this.attempt = attempt;
        }

        /** Lets a step that is done be attempted again. Returns whether it was done. */
        boolean repeat() {
            if (obstacle != null) {
                return false;
            }
            isAttempted = false;
            obstacle = "Elasticsearch has not been reached again yet";
            pending.add(this);
            if (!indices.containsKey(this)) {
                pending.remove(this); // It was closed meanwhile.
            }
            return true;
        }

        /** Sets the result of an attempt: why it is not done, or null. */
        void attempted(String result) {
            if (result == null) {
                pending.remove(this);
            }
            obstacle = result;
            isAttempted = true;
        }

        @Override
        public String obstacle() {
            return obstacle;
        }

        @Override
        public boolean isAttempted() {
            return isAttempted;
        }

        @Override
        public void close() {
            pending.remove(this);
            indices.remove(this);
        }
    }

    private record Origin(IndexName index, String topic) {}

    public IndexSetup(List<SetupFile> files, ElasticsearchAdmin admin, IndexOrigins origins) {
        super("wadi", "wadi-index-setup");
        this.installation = new Installation(files, admin);
        this.admin = admin;
        this.origins = origins;
        waiting = new WaitLog(LOG, "Elasticsearch at " + admin.url() + " (wadi.elasticsearch.hosts)");
    }

    /**
     * Creates an index if it is missing; each call adds a step. Until the step is closed, {@link #writtenTo} includes
     * the index.
     */
    public Readiness add(IndexName index) {
        Step step = start(index.toString(), () -> {
            createIfMissing(index);
            return Optional.empty();
        });
        indices.put(step, index);
        return step;
    }

    /**
     * Repeats the setup of all indices after an outage, since the cluster may have been replaced by an empty one: its
     * first documents would create indices without the templates.
     */
    public synchronized void repeat() {
        // Set first: a thread that is already running may attempt a step as soon as it is pending.
        isInstallationDue.set(true);
        long repeated = indices.keySet().stream().filter(Step::repeat).count();
        if (repeated > 0) {
            begin();
        }
    }

    /**
     * Checks that the documents of an index are from the topic that has this name now; each call adds a step. Steps
     * that are pending at the same time, such as those of all partitions after a rebalance, share one check.
     */
    public Readiness addOrigin(IndexName index, String topic) {
        return start(new Origin(index, topic), () -> {
            createIfMissing(index); // An operator may have deleted it because of a conflict.
            return origins.conflict(index, topic);
        });
    }

    private synchronized Step start(Object key, ThrowingSupplier<Optional<String>, IOException> attempt) {
        Step step = new Step(key, attempt);
        pending.add(step);
        begin();
        return step;
    }

    private synchronized void begin() {
        if (!running) {
            running = true;
            Thread thread = new Thread(this::run, "wadi-elasticsearch");
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Returns the indices, aliases and data streams written to at this time. */
    public Set<String> writtenTo(Instant now) {
        return indices.values().stream()
                .map(name -> name.at(now.toEpochMilli()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private void run() {
        try {
            boolean done = false;
            while (!done) {
                done = attemptAll() || closed.await(pauseMs(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns no pause for steps that were added during the attempts. */
    private long pauseMs() {
        return pending.stream().allMatch(Step::isAttempted) ? PAUSE_MS : 0;
    }

    /**
     * Attempts all pending steps. Returns whether all are done; then the thread ends, and the next step starts another.
     */
    private boolean attemptAll() {
        String problem = null;
        for (List<Step> same : pending.stream()
                .collect(Collectors.groupingBy(step -> step.key))
                .values()) {
            try {
                install();
                attempted(same, same.get(0).attempt.get());
            } catch (IOException | RuntimeException | Error e) {
                // An error would end the thread, and no step would be attempted any more.
                FatalErrors.endOn(e);
                problem = Causes.inShort(e);
                for (Step step : same) {
                    step.attempted(problem);
                }
            }
        }
        if (problem == null) {
            waiting.ended();
        } else {
            waiting.log(problem);
        }
        synchronized (this) {
            running = !pending.isEmpty();
            return !running;
        }
    }

    private void install() throws IOException {
        if (!isInstallationDue.compareAndSet(true, false)) {
            return;
        }
        boolean isDone = false;
        try {
            installation.install();
            isDone = true;
            installed = true;
        } finally {
            if (!isDone) {
                isInstallationDue.set(true);
            }
        }
    }

    private static void attempted(List<Step> same, Optional<String> conflict) {
        conflict.filter(found -> same.stream().anyMatch(step -> !found.equals(step.obstacle)))
                .ifPresent(found -> LOG.warn("Indexing waits: {}", found));
        same.forEach(step -> step.attempted(conflict.orElse(null)));
    }

    /** Creates a missing index as an alias of its next generation, so that a rebuilt one can replace it. */
    private void createIfMissing(IndexName index) throws IOException {
        if (index.plain().isEmpty()) {
            return; // The first document creates it from its template.
        }
        String name = index.plain().get();
        if (admin.get("/" + name).isPresent() || isDataStream(name)) {
            return;
        }
        String next = Generations.next(admin, name);
        if (admin.create(next, "{\"aliases\":{\"%s\":{\"is_write_index\":true}}}".formatted(name))) {
            LOG.info("Created index {} with the alias {}", next, name);
        } else if (admin.get("/" + name).isEmpty()) {
            throw new IOException(next + " exists without the alias " + name);
        }
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
        Optional<String> obstacle = pending.stream()
                .filter(step -> step.isAttempted || !installed)
                .map(Step::obstacle)
                .filter(Objects::nonNull)
                .findFirst();
        if (obstacle.isEmpty()) {
            builder.up();
        } else {
            builder.message("templates and indices are not ready yet: " + obstacle.get())
                    .down();
        }
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        admin.close();
    }
}
