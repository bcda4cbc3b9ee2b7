BEGIN TRANSACTION;
CREATE TABLE absence_custom (
	absence_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (absence_id, place), 
	CONSTRAINT absence_custom_absence_id_link FOREIGN KEY(absence_id) REFERENCES absences (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE absences (
	id TEXT NOT NULL, 
	person_id TEXT, 
	kind TEXT, 
	start DATETIME, 
	start_is_day BOOLEAN, 
	finish DATETIME, 
	finish_is_day BOOLEAN, 
	status TEXT, 
	description TEXT, 
	created_at DATETIME, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT absences_person_id_link FOREIGN KEY(person_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE activities (
	id TEXT NOT NULL, 
	name TEXT, 
	kind TEXT, 
	category TEXT, 
	status TEXT, 
	status_name TEXT, 
	start DATETIME, 
	start_is_day BOOLEAN, 
	finish DATETIME, 
	finish_is_day BOOLEAN, 
	finished_at DATETIME, 
	responsible_id TEXT, 
	place TEXT, 
	description TEXT, 
	description_html TEXT, 
	result TEXT, 
	is_template BOOLEAN, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT activities_responsible_id_link FOREIGN KEY(responsible_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT activities_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT activities_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE activity_custom (
	activity_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (activity_id, place), 
	CONSTRAINT activity_custom_activity_id_link FOREIGN KEY(activity_id) REFERENCES activities (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE activity_files (
	activity_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (activity_id, place), 
	CONSTRAINT activity_files_activity_id_link FOREIGN KEY(activity_id) REFERENCES activities (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT activity_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE activity_links (
	activity_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (activity_id, place), 
	CONSTRAINT activity_links_activity_id_link FOREIGN KEY(activity_id) REFERENCES activities (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE activity_participants (
	activity_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (activity_id, place), 
	CONSTRAINT activity_participants_activity_id_link FOREIGN KEY(activity_id) REFERENCES activities (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT activity_participants_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE activity_tags (
	activity_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	tag_id TEXT, 
	PRIMARY KEY (activity_id, place), 
	CONSTRAINT activity_tags_activity_id_link FOREIGN KEY(activity_id) REFERENCES activities (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT activity_tags_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE change_custom (
	change_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (change_id, place), 
	CONSTRAINT change_custom_change_id_link FOREIGN KEY(change_id) REFERENCES changes (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "change_custom" VALUES('h2',1,'unlink','unlink','True');
CREATE TABLE changes (
	id TEXT NOT NULL, 
	parent_kind TEXT, 
	parent_id TEXT, 
	part_kind TEXT, 
	part_id TEXT, 
	author_id TEXT, 
	created_at DATETIME, 
	kind TEXT, 
	field TEXT, 
	label TEXT, 
	old_value TEXT, 
	new_value TEXT, 
	old_link_kind TEXT, 
	old_link_id TEXT, 
	new_link_kind TEXT, 
	new_link_id TEXT, 
	text TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT changes_author_id_link FOREIGN KEY(author_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "changes" VALUES('h1','deal','31',NULL,NULL,'11','2025-12-30 07:00:00.000000','stage','state',NULL,'Новая (старое имя)',NULL,'stage','51','stage','52',NULL,NULL);
INSERT INTO "changes" VALUES('h2','task','41','line_item','7',NULL,NULL,'drop',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'Удалено',NULL);
CREATE TABLE companies (
	id TEXT NOT NULL, 
	name TEXT, 
	number TEXT, 
	type TEXT, 
	status TEXT, 
	owner_id TEXT, 
	description TEXT, 
	description_html TEXT, 
	inn TEXT, 
	kpp TEXT, 
	ogrn TEXT, 
	founded_on DATE, 
	parent_id TEXT, 
	advertising_channel TEXT, 
	industry TEXT, 
	preferred_channel TEXT, 
	prospects NUMERIC, 
	balance NUMERIC, 
	balance_currency TEXT, 
	last_contact_at DATETIME, 
	last_contact_at_is_day BOOLEAN, 
	next_contact_at DATETIME, 
	next_contact_at_is_day BOOLEAN, 
	last_deal_date DATETIME, 
	last_deal_date_is_day BOOLEAN, 
	is_public BOOLEAN, 
	is_shortened BOOLEAN, 
	is_archived BOOLEAN, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT companies_owner_id_link FOREIGN KEY(owner_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT companies_parent_id_link FOREIGN KEY(parent_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT companies_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT companies_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "companies" VALUES('1','ООО «Ромашка»',NULL,NULL,NULL,'11','=HYPERLINK("http://evil.example")
вторая строка \"конец\',NULL,'0077012345',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1250.5,'RUB',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2025-03-10 06:00:00.000000',NULL,NULL,NULL,'https://x.example/1');
INSERT INTO "companies" VALUES('2','ооо  «ромашка»',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "companies" VALUES('3','Удалённая',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE company_addresses (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	text TEXT, 
	label TEXT, 
	city TEXT, 
	street TEXT, 
	postcode TEXT, 
	region TEXT, 
	country TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_addresses_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE company_contacts (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	contact_id TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_contacts_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT company_contacts_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE company_custom (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_custom_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "company_custom" VALUES('1',1,'f1','Скидка','да');
INSERT INTO "company_custom" VALUES('1',2,'f2','Комментарий','10 USD');
INSERT INTO "company_custom" VALUES('1',3,'loose','loose','1; x');
INSERT INTO "company_custom" VALUES('2',1,'f3','Скидка','другое');
CREATE TABLE company_emails (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	address TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_emails_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "company_emails" VALUES('1',1,'not an address',NULL,NULL);
INSERT INTO "company_emails" VALUES('1',2,'info@romashka.example',NULL,NULL);
CREATE TABLE company_files (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_files_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT company_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE company_links (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_links_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE company_messengers (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	name TEXT, 
	label TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_messengers_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE company_phones (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	number TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_phones_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "company_phones" VALUES('1',1,'+7 495 111-22-33',NULL,NULL);
INSERT INTO "company_phones" VALUES('1',2,'+7 903 1','мобильный',NULL);
INSERT INTO "company_phones" VALUES('1',3,'8 800 2',NULL,NULL);
INSERT INTO "company_phones" VALUES('1',4,'8 800 3',NULL,NULL);
CREATE TABLE company_requisites (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	requisite_id TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_requisites_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT company_requisites_requisite_id_link FOREIGN KEY(requisite_id) REFERENCES requisites (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "company_requisites" VALUES('1',1,'81');
CREATE TABLE company_responsibles (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_responsibles_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT company_responsibles_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE company_sites (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	url TEXT, 
	label TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_sites_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE company_tags (
	company_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	tag_id TEXT, 
	PRIMARY KEY (company_id, place), 
	CONSTRAINT company_tags_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT company_tags_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_addresses (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	text TEXT, 
	label TEXT, 
	city TEXT, 
	street TEXT, 
	postcode TEXT, 
	region TEXT, 
	country TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_addresses_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_custom (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_custom_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "contact_custom" VALUES('23',1,'birthday','Birthday','--02-29');
CREATE TABLE contact_emails (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	address TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_emails_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_files (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_files_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT contact_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_links (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_links_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_messengers (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	name TEXT, 
	label TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_messengers_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_phones (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	number TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_phones_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_requisites (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	requisite_id TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_requisites_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT contact_requisites_requisite_id_link FOREIGN KEY(requisite_id) REFERENCES requisites (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_responsibles (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_responsibles_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT contact_responsibles_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_sites (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	url TEXT, 
	label TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_sites_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contact_tags (
	contact_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	tag_id TEXT, 
	PRIMARY KEY (contact_id, place), 
	CONSTRAINT contact_tags_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT contact_tags_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE contacts (
	id TEXT NOT NULL, 
	name TEXT, 
	last_name TEXT, 
	first_name TEXT, 
	middle_name TEXT, 
	company_id TEXT, 
	position TEXT, 
	birthday DATE, 
	gender TEXT, 
	number TEXT, 
	type TEXT, 
	status TEXT, 
	owner_id TEXT, 
	description TEXT, 
	description_html TEXT, 
	inn TEXT, 
	advertising_channel TEXT, 
	industry TEXT, 
	preferred_channel TEXT, 
	prospects NUMERIC, 
	balance NUMERIC, 
	balance_currency TEXT, 
	last_contact_at DATETIME, 
	last_contact_at_is_day BOOLEAN, 
	next_contact_at DATETIME, 
	next_contact_at_is_day BOOLEAN, 
	last_deal_date DATETIME, 
	last_deal_date_is_day BOOLEAN, 
	is_public BOOLEAN, 
	is_shortened BOOLEAN, 
	is_archived BOOLEAN, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT contacts_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT contacts_owner_id_link FOREIGN KEY(owner_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT contacts_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT contacts_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "contacts" VALUES('21','Сидорова Анна','Сидорова','Анна',NULL,'1',NULL,'1985-04-12','female',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "contacts" VALUES('22','Сидорова Анна','Сидорова','Анна',NULL,'2',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "contacts" VALUES('23','Некто',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE crmexport_columns (
	table_name TEXT NOT NULL, 
	column_name TEXT NOT NULL, 
	title TEXT, 
	type TEXT, 
	leads_to TEXT, 
	PRIMARY KEY (table_name, column_name)
);
CREATE TABLE deal_addresses (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	text TEXT, 
	label TEXT, 
	city TEXT, 
	street TEXT, 
	postcode TEXT, 
	region TEXT, 
	country TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_addresses_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_contacts (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	contact_id TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_contacts_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deal_contacts_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_custom (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_custom_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_emails (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	address TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_emails_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_files (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_files_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deal_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_invoices (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	invoice_id TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_invoices_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deal_invoices_invoice_id_link FOREIGN KEY(invoice_id) REFERENCES invoices (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_links (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_links_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "deal_links" VALUES('31',1,'task','41');
INSERT INTO "deal_links" VALUES('31',2,'company','1');
CREATE TABLE deal_phones (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	number TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_phones_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_sites (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	url TEXT, 
	label TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_sites_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_tags (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	tag_id TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_tags_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deal_tags_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deal_watchers (
	deal_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (deal_id, place), 
	CONSTRAINT deal_watchers_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deal_watchers_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE deals (
	id TEXT NOT NULL, 
	number TEXT, 
	name TEXT, 
	pipeline_id TEXT, 
	stage_id TEXT, 
	result TEXT, 
	company_id TEXT, 
	contact_id TEXT, 
	client_name TEXT, 
	owner_id TEXT, 
	amount NUMERIC, 
	amount_currency TEXT, 
	cost NUMERIC, 
	cost_currency TEXT, 
	debt NUMERIC, 
	debt_currency TEXT, 
	currency TEXT, 
	probability NUMERIC, 
	paid_percent NUMERIC, 
	payment_form TEXT, 
	expected_on DATETIME, 
	expected_on_is_day BOOLEAN, 
	closed_at DATETIME, 
	stage_changed_at DATETIME, 
	lost_reason TEXT, 
	priority TEXT, 
	requisite_id TEXT, 
	description TEXT, 
	description_html TEXT, 
	team TEXT, 
	kind TEXT, 
	is_paid BOOLEAN, 
	is_draft BOOLEAN, 
	is_archived BOOLEAN, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT deals_pipeline_id_link FOREIGN KEY(pipeline_id) REFERENCES pipelines (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deals_stage_id_link FOREIGN KEY(stage_id) REFERENCES stages (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deals_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deals_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deals_owner_id_link FOREIGN KEY(owner_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deals_requisite_id_link FOREIGN KEY(requisite_id) REFERENCES requisites (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deals_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT deals_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "deals" VALUES('31','00017','+Поставка','5','52','won','1','21',NULL,NULL,1234567.89,'RUB',NULL,NULL,NULL,NULL,NULL,1.2345678901234567e+19,NULL,NULL,'1899-12-31 00:00:00.000000',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2025-12-31 23:30:00.000000',NULL,NULL,NULL,NULL);
INSERT INTO "deals" VALUES('32',NULL,'Вторая',NULL,NULL,NULL,NULL,'23',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'2026-01-02 10:20:30.500000',0,NULL,NULL,NULL,NULL,NULL,'длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно длинно ',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE department_custom (
	department_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (department_id, place), 
	CONSTRAINT department_custom_department_id_link FOREIGN KEY(department_id) REFERENCES departments (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE department_members (
	department_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (department_id, place), 
	CONSTRAINT department_members_department_id_link FOREIGN KEY(department_id) REFERENCES departments (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT department_members_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE departments (
	id TEXT NOT NULL, 
	name TEXT, 
	parent_id TEXT, 
	head_id TEXT, 
	description TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT departments_parent_id_link FOREIGN KEY(parent_id) REFERENCES departments (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT departments_head_id_link FOREIGN KEY(head_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE file_attached_to (
	file_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (file_id, place), 
	CONSTRAINT file_attached_to_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE file_custom (
	file_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (file_id, place), 
	CONSTRAINT file_custom_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE files (
	id TEXT NOT NULL, 
	name TEXT, 
	size BIGINT, 
	media_type TEXT, 
	sha256 TEXT, 
	held_path TEXT, 
	url TEXT, 
	created_at DATETIME, 
	created_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT files_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "files" VALUES('f1','Договор.pdf',5,NULL,NULL,'files/deal/31 +Поставка/Договор.pdf',NULL,NULL,NULL,NULL);
INSERT INTO "files" VALUES('f2','../../etc/passwd',0,NULL,NULL,'files/deal/31 +Поставка/_.._.._etc_passwd',NULL,NULL,NULL,NULL);
CREATE TABLE invoice_custom (
	invoice_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (invoice_id, place), 
	CONSTRAINT invoice_custom_invoice_id_link FOREIGN KEY(invoice_id) REFERENCES invoices (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE invoice_files (
	invoice_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (invoice_id, place), 
	CONSTRAINT invoice_files_invoice_id_link FOREIGN KEY(invoice_id) REFERENCES invoices (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT invoice_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE invoices (
	id TEXT NOT NULL, 
	number TEXT, 
	name TEXT, 
	date DATE, 
	status TEXT, 
	deal_id TEXT, 
	company_id TEXT, 
	payer_id TEXT, 
	recipient_id TEXT, 
	consignee_id TEXT, 
	sum NUMERIC, 
	sum_currency TEXT, 
	tax_total NUMERIC, 
	tax_total_currency TEXT, 
	currency TEXT, 
	due_on DATE, 
	paid_at DATETIME, 
	conditions TEXT, 
	description TEXT, 
	created_at DATETIME, 
	created_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT invoices_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT invoices_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT invoices_payer_id_link FOREIGN KEY(payer_id) REFERENCES requisites (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT invoices_recipient_id_link FOREIGN KEY(recipient_id) REFERENCES requisites (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT invoices_consignee_id_link FOREIGN KEY(consignee_id) REFERENCES requisites (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT invoices_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE line_item_custom (
	line_item_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (line_item_id, place), 
	CONSTRAINT line_item_custom_line_item_id_link FOREIGN KEY(line_item_id) REFERENCES line_items (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE line_items (
	id TEXT NOT NULL, 
	deal_id TEXT, 
	invoice_id TEXT, 
	order_id TEXT, 
	position BIGINT, 
	name TEXT, 
	product_id TEXT, 
	article TEXT, 
	quantity NUMERIC, 
	unit TEXT, 
	price NUMERIC, 
	price_currency TEXT, 
	discount NUMERIC, 
	discount_kind TEXT, 
	tax TEXT, 
	tax_percent NUMERIC, 
	sum NUMERIC, 
	sum_currency TEXT, 
	description TEXT, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT line_items_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT line_items_invoice_id_link FOREIGN KEY(invoice_id) REFERENCES invoices (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT line_items_order_id_link FOREIGN KEY(order_id) REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT line_items_product_id_link FOREIGN KEY(product_id) REFERENCES products (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT line_items_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT line_items_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE link_custom (
	link_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (link_id, place), 
	CONSTRAINT link_custom_link_id_link FOREIGN KEY(link_id) REFERENCES links (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE links (
	id TEXT NOT NULL, 
	origin_kind TEXT, 
	origin_id TEXT, 
	target_kind TEXT, 
	target_id TEXT, 
	kind TEXT, 
	title TEXT, 
	url TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE loose_links (
	from_table TEXT NOT NULL, 
	from_id TEXT NOT NULL, 
	field TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	title TEXT, 
	PRIMARY KEY (from_table, from_id, field, place)
);
INSERT INTO "loose_links" VALUES('companies','1','tags',1,'tag','9','VIP');
INSERT INTO "loose_links" VALUES('companies','1','tags',2,'tag','10','опт; розница');
INSERT INTO "loose_links" VALUES('requisites','82','company',0,'contact','21',NULL);
INSERT INTO "loose_links" VALUES('deals','32','company',0,'company','404','Забытая');
INSERT INTO "loose_links" VALUES('tasks','41','tags',1,'tag','9','VIP');
INSERT INTO "loose_links" VALUES('tasks','41','tags',2,'tag','10','опт');
INSERT INTO "loose_links" VALUES('notes','n1','reply_to',0,'note','n0',NULL);
CREATE TABLE note_custom (
	note_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (note_id, place), 
	CONSTRAINT note_custom_note_id_link FOREIGN KEY(note_id) REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE note_files (
	note_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (note_id, place), 
	CONSTRAINT note_files_note_id_link FOREIGN KEY(note_id) REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT note_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE notes (
	id TEXT NOT NULL, 
	parent_kind TEXT, 
	parent_id TEXT, 
	author_id TEXT, 
	created_at DATETIME, 
	subject TEXT, 
	text TEXT, 
	html TEXT, 
	kind TEXT, 
	reply_to_id TEXT, 
	completed_percent NUMERIC, 
	is_hidden BOOLEAN, 
	is_deleted BOOLEAN, 
	modified_at DATETIME, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT notes_author_id_link FOREIGN KEY(author_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT notes_reply_to_id_link FOREIGN KEY(reply_to_id) REFERENCES notes (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "notes" VALUES('n1','deal','31','11',NULL,NULL,'@cmd',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE payment_custom (
	payment_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (payment_id, place), 
	CONSTRAINT payment_custom_payment_id_link FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE payment_files (
	payment_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (payment_id, place), 
	CONSTRAINT payment_files_payment_id_link FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT payment_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE payment_invoices (
	payment_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	invoice_id TEXT, 
	PRIMARY KEY (payment_id, place), 
	CONSTRAINT payment_invoices_payment_id_link FOREIGN KEY(payment_id) REFERENCES payments (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT payment_invoices_invoice_id_link FOREIGN KEY(invoice_id) REFERENCES invoices (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE payments (
	id TEXT NOT NULL, 
	number TEXT, 
	date DATETIME, 
	date_is_day BOOLEAN, 
	kind TEXT, 
	status TEXT, 
	sum NUMERIC, 
	sum_currency TEXT, 
	company_id TEXT, 
	deal_id TEXT, 
	account TEXT, 
	category TEXT, 
	description TEXT, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT payments_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT payments_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT payments_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT payments_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE pipeline_custom (
	pipeline_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (pipeline_id, place), 
	CONSTRAINT pipeline_custom_pipeline_id_link FOREIGN KEY(pipeline_id) REFERENCES pipelines (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE pipelines (
	id TEXT NOT NULL, 
	name TEXT, 
	"group" TEXT, 
	position BIGINT, 
	is_active BOOLEAN, 
	description TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id)
);
INSERT INTO "pipelines" VALUES('5','Продажи',NULL,1,NULL,NULL,NULL);
CREATE TABLE product_custom (
	product_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (product_id, place), 
	CONSTRAINT product_custom_product_id_link FOREIGN KEY(product_id) REFERENCES products (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE products (
	id TEXT NOT NULL, 
	name TEXT, 
	article TEXT, 
	kind TEXT, 
	category TEXT, 
	unit TEXT, 
	price NUMERIC, 
	price_currency TEXT, 
	tax TEXT, 
	description TEXT, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT products_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT products_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE project_custom (
	project_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (project_id, place), 
	CONSTRAINT project_custom_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE project_deals (
	project_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	deal_id TEXT, 
	PRIMARY KEY (project_id, place), 
	CONSTRAINT project_deals_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT project_deals_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE project_executors (
	project_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (project_id, place), 
	CONSTRAINT project_executors_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT project_executors_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE project_files (
	project_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (project_id, place), 
	CONSTRAINT project_files_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT project_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE project_links (
	project_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (project_id, place), 
	CONSTRAINT project_links_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE project_tags (
	project_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	tag_id TEXT, 
	PRIMARY KEY (project_id, place), 
	CONSTRAINT project_tags_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT project_tags_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE project_watchers (
	project_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (project_id, place), 
	CONSTRAINT project_watchers_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT project_watchers_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE projects (
	id TEXT NOT NULL, 
	number TEXT, 
	name TEXT, 
	status TEXT, 
	priority TEXT, 
	owner_id TEXT, 
	responsible_id TEXT, 
	parent_id TEXT, 
	company_id TEXT, 
	contact_id TEXT, 
	deadline DATETIME, 
	deadline_is_day BOOLEAN, 
	planned_start DATETIME, 
	planned_start_is_day BOOLEAN, 
	planned_finish DATETIME, 
	planned_finish_is_day BOOLEAN, 
	actual_start DATETIME, 
	actual_start_is_day BOOLEAN, 
	actual_finish DATETIME, 
	actual_finish_is_day BOOLEAN, 
	planned_work BIGINT, 
	actual_work BIGINT, 
	completed_percent NUMERIC, 
	status_changed_at DATETIME, 
	activity_at DATETIME, 
	text TEXT, 
	html TEXT, 
	is_template BOOLEAN, 
	is_archived BOOLEAN, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT projects_owner_id_link FOREIGN KEY(owner_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT projects_responsible_id_link FOREIGN KEY(responsible_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT projects_parent_id_link FOREIGN KEY(parent_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT projects_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT projects_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT projects_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT projects_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE record_custom (
	record_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (record_id, place), 
	CONSTRAINT record_custom_record_id_link FOREIGN KEY(record_id) REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE record_files (
	record_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (record_id, place), 
	CONSTRAINT record_files_record_id_link FOREIGN KEY(record_id) REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT record_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE record_links (
	record_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (record_id, place), 
	CONSTRAINT record_links_record_id_link FOREIGN KEY(record_id) REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE record_tags (
	record_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	tag_id TEXT, 
	PRIMARY KEY (record_id, place), 
	CONSTRAINT record_tags_record_id_link FOREIGN KEY(record_id) REFERENCES records (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT record_tags_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE records (
	id TEXT NOT NULL, 
	kind TEXT, 
	number TEXT, 
	name TEXT, 
	parent_kind TEXT, 
	parent_id TEXT, 
	date DATETIME, 
	date_is_day BOOLEAN, 
	status TEXT, 
	owner_id TEXT, 
	quantity NUMERIC, 
	price NUMERIC, 
	price_currency TEXT, 
	amount NUMERIC, 
	amount_currency TEXT, 
	text TEXT, 
	html TEXT, 
	is_archived BOOLEAN, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT records_owner_id_link FOREIGN KEY(owner_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT records_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT records_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE requisite_custom (
	requisite_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (requisite_id, place), 
	CONSTRAINT requisite_custom_requisite_id_link FOREIGN KEY(requisite_id) REFERENCES requisites (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE requisites (
	id TEXT NOT NULL, 
	name TEXT, 
	company_id TEXT, 
	kind TEXT, 
	last_name TEXT, 
	first_name TEXT, 
	middle_name TEXT, 
	country TEXT, 
	inn TEXT, 
	kpp TEXT, 
	ogrn TEXT, 
	okpo TEXT, 
	edrpou TEXT, 
	unp TEXT, 
	bank TEXT, 
	bik TEXT, 
	mfo TEXT, 
	account TEXT, 
	correspondent_account TEXT, 
	legal_address TEXT, 
	address TEXT, 
	director TEXT, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT requisites_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT requisites_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT requisites_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "requisites" VALUES('81','ООО «Ромашка»','1',NULL,NULL,NULL,NULL,NULL,'0077012345','007701001',NULL,NULL,NULL,NULL,'ПАО «Пробный банк»',NULL,NULL,'40702810000000000001',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "requisites" VALUES('82','ИП Кузьмина',NULL,NULL,NULL,NULL,NULL,NULL,'000000000081',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE stage_custom (
	stage_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (stage_id, place), 
	CONSTRAINT stage_custom_stage_id_link FOREIGN KEY(stage_id) REFERENCES stages (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE stages (
	id TEXT NOT NULL, 
	name TEXT, 
	pipeline_id TEXT, 
	project_id TEXT, 
	position BIGINT, 
	result TEXT, 
	is_first BOOLEAN, 
	color TEXT, 
	description TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT stages_pipeline_id_link FOREIGN KEY(pipeline_id) REFERENCES pipelines (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT stages_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "stages" VALUES('51','Новая','5',NULL,1,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "stages" VALUES('52','Успех','5',NULL,2,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE tag_custom (
	tag_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (tag_id, place), 
	CONSTRAINT tag_custom_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE tags (
	id TEXT NOT NULL, 
	name TEXT, 
	color TEXT, 
	used_for TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE task_custom (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_custom_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_deals (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	deal_id TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_deals_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT task_deals_deal_id_link FOREIGN KEY(deal_id) REFERENCES deals (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_depends_on (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	to_task_id TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_depends_on_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT task_depends_on_to_task_id_link FOREIGN KEY(to_task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_executors (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_executors_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT task_executors_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "task_executors" VALUES('41',1,'11');
INSERT INTO "task_executors" VALUES('41',2,'11');
CREATE TABLE task_files (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	file_id TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_files_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT task_files_file_id_link FOREIGN KEY(file_id) REFERENCES files (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_links (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	id TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_links_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_tags (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	tag_id TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_tags_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT task_tags_tag_id_link FOREIGN KEY(tag_id) REFERENCES tags (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE task_watchers (
	task_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	user_id TEXT, 
	PRIMARY KEY (task_id, place), 
	CONSTRAINT task_watchers_task_id_link FOREIGN KEY(task_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT task_watchers_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE tasks (
	id TEXT NOT NULL, 
	number TEXT, 
	name TEXT, 
	status TEXT, 
	priority TEXT, 
	owner_id TEXT, 
	responsible_id TEXT, 
	stage_id TEXT, 
	project_id TEXT, 
	parent_id TEXT, 
	company_id TEXT, 
	contact_id TEXT, 
	deadline DATETIME, 
	deadline_is_day BOOLEAN, 
	planned_start DATETIME, 
	planned_start_is_day BOOLEAN, 
	planned_finish DATETIME, 
	planned_finish_is_day BOOLEAN, 
	actual_start DATETIME, 
	actual_start_is_day BOOLEAN, 
	actual_finish DATETIME, 
	actual_finish_is_day BOOLEAN, 
	planned_work BIGINT, 
	actual_work BIGINT, 
	completed_percent NUMERIC, 
	status_changed_at DATETIME, 
	activity_at DATETIME, 
	text TEXT, 
	html TEXT, 
	subject_html TEXT, 
	is_negotiation BOOLEAN, 
	is_template BOOLEAN, 
	is_archived BOOLEAN, 
	is_deleted BOOLEAN, 
	created_at DATETIME, 
	created_by_id TEXT, 
	modified_at DATETIME, 
	modified_by_id TEXT, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT tasks_owner_id_link FOREIGN KEY(owner_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_responsible_id_link FOREIGN KEY(responsible_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_stage_id_link FOREIGN KEY(stage_id) REFERENCES stages (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_project_id_link FOREIGN KEY(project_id) REFERENCES projects (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_parent_id_link FOREIGN KEY(parent_id) REFERENCES tasks (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_company_id_link FOREIGN KEY(company_id) REFERENCES companies (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_contact_id_link FOREIGN KEY(contact_id) REFERENCES contacts (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_created_by_id_link FOREIGN KEY(created_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT tasks_modified_by_id_link FOREIGN KEY(modified_by_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "tasks" VALUES('41',NULL,'Позвонить_x000D_
сейчас',NULL,'high',NULL,'11',NULL,NULL,NULL,'1',NULL,'2026-01-15 00:00:00.000000',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE time_entries (
	id TEXT NOT NULL, 
	parent_kind TEXT, 
	parent_id TEXT, 
	person_id TEXT, 
	date DATE, 
	minutes BIGINT, 
	text TEXT, 
	created_at DATETIME, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT time_entries_person_id_link FOREIGN KEY(person_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE time_entry_custom (
	time_entry_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (time_entry_id, place), 
	CONSTRAINT time_entry_custom_time_entry_id_link FOREIGN KEY(time_entry_id) REFERENCES time_entries (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_addresses (
	user_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	text TEXT, 
	label TEXT, 
	city TEXT, 
	street TEXT, 
	postcode TEXT, 
	region TEXT, 
	country TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (user_id, place), 
	CONSTRAINT user_addresses_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_custom (
	user_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	"key" TEXT, 
	label TEXT, 
	value TEXT, 
	PRIMARY KEY (user_id, place), 
	CONSTRAINT user_custom_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_emails (
	user_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	address TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (user_id, place), 
	CONSTRAINT user_emails_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_extra_departments (
	user_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	department_id TEXT, 
	PRIMARY KEY (user_id, place), 
	CONSTRAINT user_extra_departments_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED, 
	CONSTRAINT user_extra_departments_department_id_link FOREIGN KEY(department_id) REFERENCES departments (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_messengers (
	user_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	kind TEXT, 
	name TEXT, 
	label TEXT, 
	PRIMARY KEY (user_id, place), 
	CONSTRAINT user_messengers_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_phones (
	user_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	number TEXT, 
	label TEXT, 
	main BOOLEAN, 
	PRIMARY KEY (user_id, place), 
	CONSTRAINT user_phones_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE user_sites (
	user_id TEXT NOT NULL, 
	place BIGINT NOT NULL, 
	url TEXT, 
	label TEXT, 
	PRIMARY KEY (user_id, place), 
	CONSTRAINT user_sites_user_id_link FOREIGN KEY(user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE users (
	id TEXT NOT NULL, 
	name TEXT, 
	last_name TEXT, 
	first_name TEXT, 
	middle_name TEXT, 
	position TEXT, 
	department_id TEXT, 
	login TEXT, 
	status TEXT, 
	is_working BOOLEAN, 
	can_login BOOLEAN, 
	gender TEXT, 
	birthday DATE, 
	hired_on DATE, 
	fired_on DATE, 
	inn TEXT, 
	about TEXT, 
	zone TEXT, 
	language TEXT, 
	account_id TEXT, 
	last_seen_at DATETIME, 
	created_at DATETIME, 
	modified_at DATETIME, 
	source_url TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT users_department_id_link FOREIGN KEY(department_id) REFERENCES departments (id) DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO "users" VALUES('11','Петров Иван','Петров','Иван',NULL,NULL,NULL,NULL,NULL,1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
COMMIT;
