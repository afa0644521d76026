package io.wadi.landing.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.files.OffsetRange;
import io.wadi.testing.Nightly;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * More files than a NameNode returns in one page of a listing. Run it with {@code -Dtest.audit-files=10000} for the
 * figure in docs/how-to/audit.md.
 */
@Nightly(perChange = "AuditIT#missingFile_isReportedAsLost")
class AuditOfManyFilesIT {
    private static final int FILES = Integer.getInteger("test.audit-files", 1_100);

    @Test
    void audit_ofManyFiles_findsTheMissingOne() throws Exception {
        try (HandLanded landed = new HandLanded("audit-many", Map.of())) {
            landed.send(0, 2 * FILES);
            ExecutorService threads = Executors.newFixedThreadPool(32);
            try {
                List<Future<String>> files = new ArrayList<>();
                for (long first = 0; first < 2L * FILES; first += 2) {
                    long begin = first;
                    if (begin != FILES) {
                        files.add(threads.submit(() -> landed.land("", begin, begin + 1)));
                    }
                }
                for (Future<String> file : files) {
                    file.get();
                }
            } finally {
                threads.shutdown();
            }
            landed.commit(2L * FILES);

            AuditReport.Partition found = null;
            for (int round = 0; round < 3; round++) {
                long begin = System.nanoTime();
                found = landed.audit(false);
                LoggerFactory.getLogger(getClass())
                        .info("{} files audited in {}", FILES, Duration.ofNanos(System.nanoTime() - begin));
            }

            assertThat(found.files()).isEqualTo(FILES - 1);
            assertThat(found.landed())
                    .containsExactly(new OffsetRange(0, FILES - 1), new OffsetRange(FILES + 2, 2L * FILES - 1));
            assertThat(found.gaps()).singleElement().satisfies(gap -> {
                assertThat(gap.first()).isEqualTo(FILES);
                assertThat(gap.last()).isEqualTo(FILES + 1);
                assertThat(gap.cause()).isEqualTo(Cause.LOST);
            });
        }
    }
}
