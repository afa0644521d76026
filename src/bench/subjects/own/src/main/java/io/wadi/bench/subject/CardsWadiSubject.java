package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/** Wadi as shipped, with the judging of card payments alone; verdicts go to the topic that is the job's directory. */
public final class CardsWadiSubject extends TopologySubject {
    /** Made by name. */
    public CardsWadiSubject() {
        super();
    }

    /** Judges what comes until it is killed; takes a file with the job. */
    public static void main(String[] args) throws Exception {
        Properties given = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
            given.load(in);
        }
        try (AutoCloseable running = new CardsWadiSubject().start(Job.read(given, ""))) {
            new CountDownLatch(1).await();
        }
    }

    @Override
    protected AutoCloseable start(Job job) throws Exception {
        Wadi wadi = new Wadi(
                Path.of(job.setting("wadi-config")),
                Map.of(
                        "wadi.kafka.brokers", job.brokers(),
                        "wadi.http.port", job.setting("http-port"),
                        "wadi.management.port", job.setting("management-port"),
                        "wadi.cards.topic", job.topic(),
                        "wadi.cards.application", job.group(),
                        "wadi.cards.verdicts-topic", job.directory(),
                        "wadi.cards.alerts-topic", job.directory() + ".alerts",
                        "wadi.cards.models", "file:" + job.setting("models"),
                        "wadi.streams.state-directory", job.setting("state-directory")));
        wadi.start();
        return wadi;
    }
}
