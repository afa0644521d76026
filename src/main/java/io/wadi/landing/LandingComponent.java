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

/** The Camel component {@code landing:directory}: writes each {@link io.wadi.kafka.RecordBatch} it receives to HDFS. */
public class LandingComponent extends DefaultComponent {
    /** Maximum number of concurrent publications; their threads block on HDFS. */
    private static final int PUBLISHERS = 8;

    private HdfsConnection hdfs;
    private ExecutorService publishers;

    /** Sets the connection to HDFS; the caller closes it. */
    public void setHdfs(HdfsConnection hdfs) {
        this.hdfs = hdfs;
    }

    FileStore fileStore(HdfsFileStore.FileOptions options) {
        return new HdfsFileStore(hdfs, options);
    }

    /**
     * Publishes a file on one of the threads that all endpoints share.
     *
     * @throws java.util.concurrent.RejectedExecutionException after the component has stopped
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
                .maxQueueSize(Integer.MAX_VALUE) // at most one per partition
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
