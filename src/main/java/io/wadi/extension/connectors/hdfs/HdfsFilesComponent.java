package io.wadi.extension.connectors.hdfs;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.hdfs.HdfsConnection;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code hdfs-files:name}: reads the files that others write to a directory of HDFS. */
public class HdfsFilesComponent extends DefaultComponent {
    private final SourceContext sources;
    private final HdfsConnection hdfs;
    private final MeterRegistry meters;

    /** Takes the context of sources, the connection to HDFS, and the registry of meters. */
    public HdfsFilesComponent(SourceContext sources, HdfsConnection hdfs, MeterRegistry meters) {
        super();
        this.sources = sources;
        this.hdfs = hdfs;
        this.meters = meters;
    }

    SourceContext sources() {
        return sources;
    }

    HdfsConnection hdfs() {
        return hdfs;
    }

    MeterRegistry meters() {
        return meters;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        HdfsFilesEndpoint endpoint = new HdfsFilesEndpoint(uri, this);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
