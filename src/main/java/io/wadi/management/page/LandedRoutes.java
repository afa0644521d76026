package io.wadi.management.page;

import io.wadi.kafka.Causes;
import io.wadi.management.TopicView;
import io.wadi.runtime.QueryParameters;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;

/**
 * The API of landed files and indexed topics on the management port. Each request queries the servers; the number of
 * concurrent requests is limited. One audit runs at a time, and the last audit of each topic is kept.
 */
public final class LandedRoutes extends RouteBuilder {
    private static final int MAX_LISTINGS = 4;
    /** The maximum number of concurrent previews: each may have a Parquet row group in memory. */
    private static final int MAX_PREVIEWS = 2;

    private static final int MAX_AUDITS = 50;

    private final Supplier<TopicView.Files> landed;
    private final IndexedTopics indexed;
    private final Semaphore listings = new Semaphore(MAX_LISTINGS);
    private final Semaphore previews = new Semaphore(MAX_PREVIEWS);
    private final Semaphore auditing = new Semaphore(1);
    /** The last audits by topic, least recently used first. */
    private final Map<String, Object> audits = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
            return size() > MAX_AUDITS;
        }
    });

    public LandedRoutes(Supplier<TopicView.Files> landed, IndexedTopics indexed) {
        this.landed = landed;
        this.indexed = indexed;
    }

    @Override
    public void configure() {
        get("/api/landed", "landed", listing(request -> landed.get().topics()));
        get("/api/landed/{topic}", "landed-files", listing(request -> files(QueryParameters.path(request, "topic"))));
        get(
                "/api/landed/{topic}/preview",
                "landed-preview",
                answers(
                        previews,
                        MAX_PREVIEWS + " other requests are reading files; try again",
                        this::preview,
                        "file"));
        get("/api/indexed", "indexed", listing(request -> indexed.query()));
        from("management:/api/landed/{topic}/audit?httpMethodRestrict=POST")
                .routeId("api-landed-audit")
                .process(audits());
    }

    private void get(String path, String name, Processor answers) {
        from("management:" + path + "?httpMethodRestrict=GET,HEAD")
                .routeId("api-" + name)
                .process(answers);
    }

    private Processor listing(PageResponses.Handler handler) {
        return answers(
                listings, MAX_LISTINGS + " other requests are listing files or counting documents; try again", handler);
    }

    private static Processor answers(
            Semaphore permits, String busy, PageResponses.Handler handler, String... parameters) {
        PageResponses.Handler limited = PageResponses.limited(permits, busy, request -> {
            try {
                return handler.handle(request);
            } catch (FileNotFoundException e) {
                throw new PageResponses.NotFoundException(
                        String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            } catch (IOException e) {
                throw new PageResponses.BusyException("HDFS request failed: " + Causes.inShort(e));
            }
        });
        return PageResponses.with(limited, parameters);
    }

    Processor audits() {
        return answers(auditing, "another audit is running: try again when it has ended", request -> {
            String topic = QueryParameters.path(request, "topic");
            Object found = landed.get().audit(topic);
            audits.put(topic, found);
            return found;
        });
    }

    /** Returns the files of a topic and its last audit. */
    Map<String, Object> files(String topic) throws IOException {
        Map<String, Object> files = new LinkedHashMap<>();
        files.put("listing", landed.get().files(topic));
        files.put("audit", audits.get(topic));
        return files;
    }

    private Object preview(Message request) throws IOException {
        String file = QueryParameters.value(request, "file");
        if (file == null) {
            throw new IllegalArgumentException("file is missing: expected a path below the directory of the topic");
        }
        return landed.get().preview(QueryParameters.path(request, "topic"), file);
    }
}
