"""Where quick fixes come from: functions that guess edits which may mend a finding."""
