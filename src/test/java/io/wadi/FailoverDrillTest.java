package io.wadi;

import io.wadi.testing.OwnElasticsearch;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Wadi stands on, killed with -9 under load and brought back with what it has on disk; see {@link Drill} for what must hold. */
@Tag("long")
class FailoverDrillTest {
    @TempDir
    private Path directory;

    @Test
    void elasticsearch_killedAndStartedAgainOnItsData_losesAndDoublesNothing() throws Exception {
        try (OwnElasticsearch elasticsearch = OwnElasticsearch.start();
                Drill drill = new Drill(
                        "elasticsearch-drill",
                        directory,
                        Drill.Servers.shared().withElasticsearch(elasticsearch.hosts(), elasticsearch.url()))) {
            drill.begin("landing", "indexing", "indexing");
            drill.recover("Elasticsearch killed, and started again after 200 receipts", () -> {
                elasticsearch.kill();
                drill.awaitMore("receipts without Elasticsearch");
                elasticsearch.restart();
            });
            drill.check();
        }
    }
}
