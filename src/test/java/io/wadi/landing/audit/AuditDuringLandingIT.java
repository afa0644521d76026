package io.wadi.landing.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.audit.AuditReport.Gap;
import io.wadi.landing.audit.AuditReport.Partition;
import io.wadi.testing.KafkaProbe;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Audits while files are published: before each listing of a partition, the test lands another file. */
@Execution(ExecutionMode.CONCURRENT)
class AuditDuringLandingIT {

    @Test
    void missingFile_isReported_howeverManyFilesArePublished() throws Exception {
        try (HandLanded landed = new HandLanded("audit-busy", Map.of())) {
            landed.send(0, 100);
            landed.land("", 0, 9);
            landed.land("", 15, 19);
            landed.commit(20);
            AtomicLong next = new AtomicLong(20);

            Partition found = audit(landed, () -> {
                long first = next.getAndAdd(5);
                return landed.land("", first, first + 4);
            });

            assertThat(found.sound()).isFalse();
            assertThat(found.gaps()).containsExactly(new Gap(10, 14, Cause.LOST, "Kafka has a record at offset 10"));
        }
    }

    @Test
    void fileThatTheFirstListingMissed_isNotMissing() throws Exception {
        try (HandLanded landed = new HandLanded("audit-missed", Map.of())) {
            landed.send(0, 20);
            landed.land("", 0, 9);
            landed.land("", 15, 19);
            landed.commit(20);
            AtomicLong listings = new AtomicLong();

            Partition found = audit(landed, () -> listings.incrementAndGet() == 2 ? landed.land("", 10, 14) : "");

            assertThat(found.sound()).isTrue();
            assertThat(found.gaps()).isEmpty();
        }
    }

    private static Partition audit(HandLanded landed, Callable<String> beforeListing) throws Exception {
        String directory = landed.layout().visible(landed.partition());
        FileStore store = landed.store();
        FileStore listed = (FileStore) Proxy.newProxyInstance(
                FileStore.class.getClassLoader(), new Class<?>[] {FileStore.class}, (proxy, method, given) -> {
                    if (method.getName().equals("list") && given.length == 1 && given[0].equals(directory)) {
                        beforeListing.call();
                    }
                    return method.invoke(store, given);
                });
        KafkaClients kafka = KafkaProbe.clients();
        String topic = landed.partition().topic();
        return new Audit(listed, landed.layout(), kafka.observerProperties(topic), kafka.adminProperties())
                .run(topic, false)
                .partitions()
                .get(0);
    }
}
