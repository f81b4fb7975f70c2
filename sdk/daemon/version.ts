/** Version of Apache Mesos whose interfaces are served; clients parse it. */
export const COMPATIBLE_VERSION = '1.11.0';

/** Version of Apache Marathon whose interfaces are served. */
export const COMPATIBLE_MARATHON_VERSION = '1.11.24';

/** Meseta's own version. */
export const MESETA_VERSION = '0.1.0';
