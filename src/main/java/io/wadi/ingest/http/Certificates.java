package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.auth.TlsCertificate;
import io.wadi.ingest.auth.TlsFiles;
import io.wadi.runtime.watch.WatchedValue;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the events port's connections are encrypted with, made anew when its files change. A certificate that is not valid by its
 * dates is warned of and taken all the same: there may be none better, and this clock may be the wrong one.
 *
 * <p>Meters: {@code wadi.ingest.certificates}, those that were taken and refused, and {@code wadi.ingest.certificate.expires}.
 */
public final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final TlsFiles files;
    private final Counter taken;
    private final Counter refused;
    private volatile Instant expires = Instant.EPOCH;
    private final WatchedValue<SslContext> current;

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException where they cannot be used: it says why
     */
    public Certificates(TlsFiles files, MeterRegistry meters) {
        this.files = files;
        taken = counter(meters, "taken");
        refused = counter(meters, "refused");
        current = WatchedValue.of("wadi.http.tls-certificate=" + files.certificate(), files, this::made);
        Gauge.builder("wadi.ingest.certificate.expires", () -> expires.getEpochSecond())
                .description("When the first certificate of the events port's chain expires, since 1970")
                .baseUnit("seconds")
                .register(meters);
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("wadi.ingest.certificates")
                .description("Certificates of the events port that were found, at start and since")
                .tag("result", result)
                .register(meters);
    }

    /** What holds for new connections. */
    public WatchedValue<SslContext> current() {
        return current;
    }

    private SslContext made(byte[] read) {
        try {
            TlsCertificate certificate = files.parse(read);
            SslContext made = IngestEngine.tls(certificate);
            certificate
                    .notValid(Instant.now())
                    .ifPresent(why -> LOG.warn(
                            "wadi.http.tls-certificate={}: {}; it is used all the same, and who checks it will not connect",
                            files.certificate(),
                            why));
            expires = certificate.expires();
            taken.increment();
            return made;
        } catch (IllegalArgumentException e) {
            refused.increment();
            throw e;
        }
    }
}
