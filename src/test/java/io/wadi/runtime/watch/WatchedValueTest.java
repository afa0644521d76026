package io.wadi.runtime.watch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.ingest.auth.ApiKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedValueTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path directory;

    private final AtomicInteger parsed = new AtomicInteger();

    private Path file() {
        return directory.resolve("number");
    }

    private WatchedValue<Integer> number() {
        return WatchedValue.of("number", () -> Files.readAllBytes(file()), this::parse);
    }

    private int parse(byte[] content) {
        parsed.incrementAndGet();
        return Integer.parseInt(new String(content, UTF_8));
    }

    @Test
    void check_changedFile_takesEffect() throws Exception {
        Files.writeString(file(), "1");
        WatchedValue<Integer> number = number();
        List<Integer> followed = new ArrayList<>();
        number.follow(followed::add);

        number.check();
        assertThat(number.get()).isEqualTo(1);
        assertThat(parsed).hasValue(1);
        Files.writeString(file(), "2");
        number.check();

        assertThat(number.get()).isEqualTo(2);
        assertThat(followed).containsExactly(1, 2);
    }

    @Test
    void check_invalidFile_keepsTheOldValueUntilItIsFixed() throws Exception {
        Files.writeString(file(), "1");
        WatchedValue<Integer> number = number();

        Files.writeString(file(), "two");
        number.check();
        number.check();
        assertThat(number.get()).isEqualTo(1);
        assertThat(parsed).as("a broken file is parsed, and reported, once").hasValue(2);
        Files.delete(file());
        number.check();
        assertThat(number.get()).isEqualTo(1);
        Files.writeString(file(), "3");
        number.check();

        assertThat(number.get()).isEqualTo(3);
    }

    /** A file that is being written may be valid, but have only some of its content. */
    @Test
    void confirmed_partlyWrittenFile_hasNoEffect() throws Exception {
        Files.writeString(file(), "10");
        WatchedValue<Integer> number = WatchedValue.confirmed("number", () -> Files.readAllBytes(file()), this::parse);

        Files.writeString(file(), "2");
        assertThat(number.check()).as("it is checked again soon").isFalse();
        Files.writeString(file(), "20");
        assertThat(number.check()).isFalse();
        assertThat(number.get()).isEqualTo(10);
        assertThat(number.check()).isTrue();
        assertThat(number.get()).isEqualTo(20);

        Files.writeString(file(), "3");
        number.check();
        Files.writeString(file(), "20");
        assertThat(number.check()).isTrue();
        Files.writeString(file(), "3");
        assertThat(number.check()).as("the earlier check was not the last one").isFalse();
        assertThat(number.get()).isEqualTo(20);
        assertThat(parsed).hasValue(2);
    }

    @Test
    void of_unreadableOrInvalidFile_isRejected() throws Exception {
        assertThatIllegalArgumentException()
                .isThrownBy(this::number)
                .withMessage("number cannot be read: java.nio.file.NoSuchFileException: " + file());
        Files.writeString(file(), "one");
        assertThatIllegalArgumentException().isThrownBy(this::number).withMessage("For input string: \"one\"");
    }

    @Test
    void startingWith_missingFile_keepsTheInitialValueUntilItExists() throws Exception {
        WatchedValue<Integer> number =
                WatchedValue.startingWith(0, "number", () -> Files.readAllBytes(file()), this::parse);
        try (Watcher reloads = new Watcher("wadi-reload")) {
            reloads.every(Duration.ofMillis(1), number);
            assertThat(number.get()).isZero();

            Files.writeString(file(), "7");

            await().untilAsserted(() -> assertThat(number.get()).isEqualTo(7));
        }
    }

    @Test
    void unreadableFile_isRetriedSoon_despiteALongInterval() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        WatchedValue<Integer> number = WatchedValue.startingWith(
                0,
                "number",
                () -> {
                    reads.incrementAndGet();
                    return Files.readAllBytes(file());
                },
                this::parse);
        try (Watcher reloads = new Watcher("wadi-reload")) {
            reloads.every(Duration.ofHours(1), number);
            await().until(() -> reads.get() >= 1);

            Files.writeString(file(), "7");

            await().until(() -> number.get() == 7);
            assertThat(reads).hasValueGreaterThanOrEqualTo(2);
        }
    }

    /**
     * Operators replace a key in this order: add the new hash, move the clients to the new key, remove the old hash.
     */
    @Test
    void keysReplacedDuringUse_failNoRequest() throws Exception {
        String first = ApiKey.make("shop", RANDOM);
        Path file = directory.resolve("keys.yaml");
        write(file, first);
        WatchedValue<ApiKeys> keys = WatchedValue.of("keys.yaml", () -> Files.readAllBytes(file), ApiKeys::parse);
        int users = 4;
        ExecutorService threads = Executors.newFixedThreadPool(users);
        KeyInUse inUse = new KeyInUse(first, users);
        List<Future<Integer>> all = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            all.add(threads.submit(() -> inUse.use(keys)));
        }
        try {
            String old = first;
            for (int i = 0; i < 5; i++) {
                String next = ApiKey.make("shop", RANDOM);
                write(file, old, next);
                keys.check();
                inUse.moveTo(next);
                Files.writeString(file, "keys: {}");
                keys.check();
                write(file, next);
                keys.check();
                assertThat(keys.get().find(old)).isNull();
                old = next;
            }
        } finally {
            inUse.stop();
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(2, TimeUnit.MINUTES)).isTrue();

        for (Future<Integer> used : all) {
            assertThat(used.get()).isGreaterThanOrEqualTo(5);
        }
    }

    private static void write(Path file, String... keys) throws Exception {
        List<String> hashes = new ArrayList<>();
        for (String key : keys) {
            hashes.add(ApiKey.hashOf(key));
        }
        Files.writeString(file, "keys: [{name: shop, sha256: [" + String.join(", ", hashes) + "], topics: [orders]}]");
    }

    /** The key that clients currently use. */
    private static final class KeyInUse {
        private final Map<String, Set<Thread>> usersOf = new ConcurrentHashMap<>();
        private final int users;
        private volatile String key;

        KeyInUse(String key, int users) {
            this.key = key;
            this.users = users;
        }

        /** Returns when every client has used the new key, so that none uses the old one again. */
        void moveTo(String next) {
            key = next;
            await().pollInterval(Duration.ofMillis(50))
                    .until(() -> usersOf.getOrDefault(next, Set.of()).size() == users);
        }

        void stop() {
            key = null;
        }

        /** Uses the key until the stop, and returns how often. */
        int use(WatchedValue<ApiKeys> keys) {
            int used = 0;
            for (String now = key; now != null; now = key) {
                assertThat(keys.get().find(now)).isNotNull();
                usersOf.computeIfAbsent(now, first -> ConcurrentHashMap.newKeySet())
                        .add(Thread.currentThread());
                used++;
            }
            return used;
        }
    }
}
