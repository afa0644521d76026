package io.wadi.management.page;

import io.wadi.kafka.Causes;
import io.wadi.management.TopicView;
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
 * What has landed and what is indexed, for the page, on the management port. Servers are asked when somebody asks, by few at a
 * time; an audit is one at a time, and the last of each topic is kept.
 */
public final class LandedRoutes extends RouteBuilder {
    private static final int LISTERS = 4;
    /** A row group of Parquet is held in memory by each. */
    private static final int READERS = 2;

    private static final int KEPT_AUDITS = 50;

    private final Supplier<TopicView.Files> landed;
    private final IndexedTopics indexed;
    private final Semaphore listers = new Semaphore(LISTERS);
    private final Semaphore readers = new Semaphore(READERS);
    private final Semaphore auditors = new Semaphore(1);
    /** By topic, what has been asked for longest first. */
    private final Map<String, Object> audits = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Object> eldest) {
            return size() > KEPT_AUDITS;
        }
    });

    /** Takes who looks at files, and who counts documents. */
    public LandedRoutes(Supplier<TopicView.Files> landed, IndexedTopics indexed) {
        super();
        this.landed = landed;
        this.indexed = indexed;
    }

    @Override
    public void configure() {
        get("/api/landed", "landed", asked(request -> landed.get().topics()));
        get("/api/landed/{topic}", "landed-files", asked(request -> files(request.getHeader("topic", String.class))));
        get(
                "/api/landed/{topic}/look",
                "landed-look",
                answers(readers, READERS + " other requests look into files at the moment", this::look));
        get("/api/indexed", "indexed", asked(request -> indexed.look()));
        from("management:/api/landed/{topic}/audit?httpMethodRestrict=POST")
                .routeId("api-landed-audit")
                .process(audits());
    }

    /** What is asked of a server. */
    private interface Question {
        Object answer(Message request) throws IOException, InterruptedException;
    }

    private void get(String path, String name, Processor answers) {
        from("management:" + path + "?httpMethodRestrict=GET")
                .routeId("api-" + name)
                .process(answers);
    }

    private Processor asked(Question question) {
        return answers(listers, LISTERS + " other requests list files or count documents at the moment", question);
    }

    private static Processor answers(Semaphore turns, String busy, Question question) {
        return PageResponses.with(request -> {
            if (!turns.tryAcquire()) {
                throw new PageResponses.BusyException(busy);
            }
            try {
                return question.answer(request);
            } catch (FileNotFoundException e) {
                throw new PageResponses.NotFoundException(
                        String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            } catch (IOException e) {
                throw new PageResponses.BusyException("HDFS does not answer as it should: " + Causes.inShort(e));
            } finally {
                turns.release();
            }
        });
    }

    /** Audits the topic that is asked for. */
    Processor audits() {
        return answers(auditors, "another audit is going on: ask again when it has ended", request -> {
            String topic = request.getHeader("topic", String.class);
            Object found = landed.get().audit(topic);
            audits.put(topic, found);
            return found;
        });
    }

    /** The files of a topic, and its last audit. */
    Map<String, Object> files(String topic) throws IOException {
        Map<String, Object> files = new LinkedHashMap<>();
        files.put("listing", landed.get().files(topic));
        files.put("audit", audits.get(topic));
        return files;
    }

    private Object look(Message request) throws IOException {
        String file = request.getHeader("file", String.class);
        if (file == null) {
            throw new IllegalArgumentException("file is needed: where it stands below its topic's directory");
        }
        return landed.get().look(request.getHeader("topic", String.class), file);
    }
}
