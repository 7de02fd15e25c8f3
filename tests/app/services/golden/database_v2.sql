BEGIN TRANSACTION;
CREATE TABLE about (
	schema_version INTEGER NOT NULL, 
	PRIMARY KEY (schema_version)
);
INSERT INTO "about" VALUES(2);
CREATE TABLE events (
	id INTEGER NOT NULL, 
	run_id VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	kind VARCHAR NOT NULL, 
	data JSON NOT NULL, 
	at DOUBLE NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (run_id, attempt, seq), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "events" VALUES(1,'r_a',1,1,'epoch','{"epoch": 1, "metrics": {"loss": 1.0}}',12.0);
INSERT INTO "events" VALUES(2,'r_a',1,2,'epoch','{"epoch": 2, "metrics": {"loss": 0.5}}',13.0);
CREATE TABLE projects (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	document VARCHAR NOT NULL, 
	revision INTEGER NOT NULL, 
	created_at DOUBLE NOT NULL, 
	changed_at DOUBLE NOT NULL, 
	deleted_at DOUBLE, 
	PRIMARY KEY (id)
);
INSERT INTO "projects" VALUES('p_1','Digits','{"schema_version": 1, "name": "Digits"}',3,1.0,2.0,NULL);
CREATE TABLE runs (
	id VARCHAR NOT NULL, 
	project_id VARCHAR NOT NULL, 
	job VARCHAR NOT NULL, 
	spec JSON NOT NULL, 
	owner VARCHAR NOT NULL, 
	attempt INTEGER NOT NULL, 
	state VARCHAR NOT NULL, 
	reason VARCHAR NOT NULL, 
	progress JSON NOT NULL, 
	created_at DOUBLE NOT NULL, 
	started_at DOUBLE, 
	ended_at DOUBLE, note VARCHAR NOT NULL DEFAULT '', number INTEGER NOT NULL DEFAULT 0, 
	PRIMARY KEY (id), 
	FOREIGN KEY(project_id) REFERENCES projects (id)
);
INSERT INTO "runs" VALUES('r_a','p_1','app.services.train_job:train','{"document": "{\"schema_version\": 1, \"name\": \"Digits\"}", "dataset": "iris", "start": ""}','gone',1,'finished','','{"epoch": 2, "epochs": 2, "metrics": {"loss": 0.5}}',10.0,11.0,12.0,'',1);
INSERT INTO "runs" VALUES('r_b','p_1','app.services.train_job:train','{"document": "{\"schema_version\": 1, \"name\": \"Digits\"}", "dataset": "iris", "start": ""}','gone',1,'failed','','{"epoch": 2, "epochs": 2, "metrics": {"loss": 0.5}}',20.0,21.0,22.0,'',2);
INSERT INTO "runs" VALUES('r_c','p_1','app.services.exporting.export_job:export','{"document": "{\"schema_version\": 1, \"name\": \"Digits\"}", "dataset": "iris", "start": ""}','gone',1,'finished','','{"epoch": 2, "epochs": 2, "metrics": {"loss": 0.5}}',15.0,16.0,17.0,'',1);
INSERT INTO "runs" VALUES('r_d','p_1','app.services.train_job:train','{"document": "{\"schema_version\": 1, \"name\": \"Digits\"}", "dataset": "iris", "start": ""}','gone',1,'queued','','{"epoch": 2, "epochs": 2, "metrics": {"loss": 0.5}}',30.0,NULL,NULL,'',3);
CREATE INDEX ix_projects_changed_at ON projects (changed_at);
CREATE INDEX ix_runs_state ON runs (state);
CREATE INDEX runs_of_project ON runs (project_id, created_at);
CREATE INDEX events_of_run ON events (run_id, id);
COMMIT;
