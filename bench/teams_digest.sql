-- One line for all rows of teams.sql's tables. Caller: together.sh.
SELECT md5(string_agg(line, E'\n' ORDER BY line COLLATE "C")) FROM (
  SELECT 'team ' || t::text AS line FROM work.team AS t UNION ALL SELECT 'project ' || p::text FROM work.project AS p
  UNION ALL SELECT 'task ' || k::text FROM work.task AS k UNION ALL SELECT 'entry ' || e::text FROM work.entry AS e) AS lines;
