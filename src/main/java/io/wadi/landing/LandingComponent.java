package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.apache.camel.Endpoint;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/** The Camel component {@code landing:directory}: lands the {@link io.wadi.kafka.RecordBatch runs} it is sent in HDFS. */
public class LandingComponent extends DefaultComponent {
    /** Maximum number of concurrent publications; the threads wait for HDFS. */
    private static final int PUBLISHERS = 8;

    private HdfsConnection hdfs;
    private ExecutorService publishers;

    /** The connection to the file system; the caller closes it. */
    public void setHdfs(HdfsConnection hdfs) {
        this.hdfs = hdfs;
    }

    /** Returns the file system of one endpoint. */
    FileStore fileStore(HdfsFileStore.FileOptions options) {
        return new HdfsFileStore(hdfs, options);
    }

    /**
     * Where files are published, for all endpoints.
     *
     * @throws java.util.concurrent.RejectedExecutionException once this is stopped
     */
    Future<?> publish(Callable<Void> publication) {
        return publishers.submit(publication);
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        hdfs.start();
        ThreadPoolProfile profile = new ThreadPoolProfileBuilder("landing-publisher")
                .poolSize(PUBLISHERS)
                .maxPoolSize(PUBLISHERS)
                .maxQueueSize(Integer.MAX_VALUE) // each partition has one at most
                .rejectedPolicy(ThreadPoolRejectedPolicy.Abort)
                .build();
        publishers = getCamelContext().getExecutorServiceManager().newThreadPool(this, "LandingPublisher", profile);
    }

    @Override
    protected void doStop() throws Exception {
        getCamelContext().getExecutorServiceManager().shutdown(publishers);
        super.doStop();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LandingEndpoint endpoint = new LandingEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
