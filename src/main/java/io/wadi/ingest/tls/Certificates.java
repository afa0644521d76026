package io.wadi.ingest.tls;

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
 * The TLS context of the event endpoint, which is reloaded when its files change. A certificate outside its validity
 * period is used with a warning: there may be no better one, and this machine's clock may be wrong.
 *
 * <p>Meters: {@code wadi.ingest.certificates} counts the accepted and rejected certificates; {@code
 * wadi.ingest.certificate.expires} is the time of expiry.
 */
public final class Certificates {
    private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

    private final TlsFiles files;
    private final Counter loaded;
    private final Counter rejected;
    private volatile Instant expires = Instant.EPOCH;
    private final WatchedValue<SslContext> current;

    /**
     * Reads the files.
     *
     * @throws IllegalArgumentException if the files cannot be used, with the reason
     */
    public Certificates(TlsFiles files, MeterRegistry meters) {
        this.files = files;
        loaded = counter(meters, "loaded");
        rejected = counter(meters, "rejected");
        current = WatchedValue.confirmed("wadi.http.tls-certificate=" + files.certificate(), files, this::load);
        Gauge.builder("wadi.ingest.certificate.expires", () -> expires.getEpochSecond())
                .description(
                        "Time when the first certificate of the event endpoint's chain expires, in seconds since 1970")
                .baseUnit("seconds")
                .register(meters);
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("wadi.ingest.certificates")
                .description("Certificates read for the event endpoint, at start and after each change of the files")
                .tag("result", result)
                .register(meters);
    }

    /** Returns the TLS context for new connections. */
    public WatchedValue<SslContext> current() {
        return current;
    }

    private SslContext load(byte[] content) {
        try {
            TlsCertificate certificate = files.parse(content);
            SslContext context = IngestTls.context(certificate);
            certificate
                    .notValid(Instant.now())
                    .ifPresent(reason -> LOG.warn(
                            "Certificate wadi.http.tls-certificate={}: {}; using it anyway, clients that verify it will not connect",
                            files.certificate(),
                            reason));
            expires = certificate.expires();
            loaded.increment();
            return context;
        } catch (IllegalArgumentException e) {
            rejected.increment();
            throw e;
        }
    }
}
