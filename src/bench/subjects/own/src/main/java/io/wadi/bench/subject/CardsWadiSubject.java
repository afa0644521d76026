package io.wadi.bench.subject;

import io.wadi.Wadi;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;

/** Wadi as shipped, with the scoring of card payments only. */
public final class CardsWadiSubject {
    private CardsWadiSubject() {}

    /** Scores payments until the process is killed. Argument: a file with the job. */
    public static void main(String[] args) throws Exception {
        Properties job = new Properties();
        try (InputStream in = Files.newInputStream(Path.of(args[0]))) {
            job.load(in);
        }
        Wadi wadi = new Wadi(
                Path.of(job.getProperty("wadi-config")),
                Map.of(
                        "wadi.kafka.brokers", job.getProperty("brokers"),
                        "wadi.http.port", job.getProperty("http-port"),
                        "wadi.management.port", job.getProperty("management-port"),
                        "wadi.cards.topic", job.getProperty("topic"),
                        "wadi.cards.application", job.getProperty("group"),
                        "wadi.cards.decisions-topic", job.getProperty("decisions"),
                        "wadi.cards.alerts-topic", job.getProperty("decisions") + ".alerts",
                        "wadi.cards.models", "file:" + job.getProperty("models"),
                        "wadi.streams.state-directory", job.getProperty("state-directory")));
        wadi.start();
        new CountDownLatch(1).await();
    }
}
