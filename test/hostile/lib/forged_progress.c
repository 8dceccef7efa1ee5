/* Job: what no SQL can do, for test/hostile/progress.sh: take the locks that lead to progress segments, and make segments of any content. */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "storage/dsm.h"
#include "storage/lock.h"
#include "utils/builtins.h"

PG_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(forge_lock);
PG_FUNCTION_INFO_V1(forge_segment);
PG_FUNCTION_INFO_V1(segment_content);
PG_FUNCTION_INFO_V1(use_up_segments);

/* forge_lock(handle bigint): until the session ends. */
Datum
forge_lock(PG_FUNCTION_ARGS)
{
	LOCKTAG		tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 0x72656879, (uint32) PG_GETARG_INT64(0), 0x5250);
	(void) LockAcquire(&tag, ExclusiveLock, true, false);
	PG_RETURN_VOID();
}

/* forge_segment(content bytea, size int, described boolean) -> bigint: its handle; described: as this session's own. Until the session ends. */
Datum
forge_segment(PG_FUNCTION_ARGS)
{
	bytea	   *content = PG_GETARG_BYTEA_PP(0);
	Size		size = (Size) PG_GETARG_INT32(1);
	dsm_segment *segment = dsm_create(size, 0);
	char	   *at = dsm_segment_address(segment);
	dsm_handle	handle = dsm_segment_handle(segment);
	int32		pid = MyProcPid;

	dsm_pin_mapping(segment);
	memset(at, 0, size);
	memcpy(at, VARDATA_ANY(content), Min(size, VARSIZE_ANY_EXHDR(content)));
	if (PG_GETARG_BOOL(2))
	{
		memcpy(at + 16, &handle, sizeof(handle));
		memcpy(at + 20, &pid, sizeof(pid));
	}
	PG_RETURN_INT64(handle);
}

/* segment_content(handle bigint) -> bytea */
Datum
segment_content(PG_FUNCTION_ARGS)
{
	dsm_segment *segment = dsm_attach((dsm_handle) PG_GETARG_INT64(0));
	uint64		size;
	bytea	   *content;

	if (segment == NULL)
		PG_RETURN_NULL();
	memcpy(&size, (char *) dsm_segment_address(segment) + 8, sizeof(size));
	content = palloc(VARHDRSZ + size);
	SET_VARSIZE(content, VARHDRSZ + size);
	memcpy(VARDATA(content), dsm_segment_address(segment), size);
	dsm_detach(segment);
	PG_RETURN_BYTEA_P(content);
}

/* use_up_segments() -> int: how many more there were. Until the session ends. */
Datum
use_up_segments(PG_FUNCTION_ARGS)
{
	int			count = 0;

	for (;;)
	{
		dsm_segment *segment = dsm_create(64, DSM_CREATE_NULL_IF_MAXSEGMENTS);

		if (segment == NULL)
			PG_RETURN_INT32(count);
		dsm_pin_mapping(segment);
		count++;
	}
}
