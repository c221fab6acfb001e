-- What `aiddesk doctor` asks any database, before it is known whether anything is installed in it.
select pg_encoding_to_char(d.encoding) as encoding,
       d.datctype as ctype,
       current_setting('server_version_num')::bigint / 10000 as version,
       current_setting('data_directory') as data_directory,
       current_setting('data_checksums') = 'on' as checksums,
       current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'
           and current_setting('synchronous_commit') not in ('off', 'local') as durable,
       current_setting('log_statement') = 'none' and current_setting('log_error_verbosity') = 'terse'
           and current_setting('log_min_error_statement') = 'panic' and current_setting('log_min_duration_statement') = '-1'
           and current_setting('log_parameter_max_length_on_error') = '0' as quiet,
       clock_timestamp() as now,
       to_regclass('core.schema_migration') is not null as installed
from pg_database d
where d.datname = current_database();
