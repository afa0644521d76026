package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class KafkaSnapshotTest {
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    private static Properties settings(ServerSocket server) {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", "localhost:" + server.getLocalPort());
        return settings;
    }

    @Test
    void requestsForTheClusterId_doNotWaitForEachOther_whileKafkaDoesNotRespond() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("localhost"))) {
            KafkaSnapshot kafka = new KafkaSnapshot(() -> settings(silent));
            List<Thread> requests = Stream.generate(
                            () -> new Thread(() -> failures.add(catchThrowable(kafka::clusterId))))
                    .limit(3)
                    .toList();

            requests.forEach(Thread::start);
            await().until(() -> requests.stream().allMatch(each -> each.getState() == Thread.State.WAITING));
            kafka.close();
            for (Thread each : requests) {
                each.join();
            }

            assertThat(failures).hasSize(3).allSatisfy(each -> assertThat(each).isInstanceOf(ConnectException.class));
        }
    }
}
